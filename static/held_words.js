/* Hold words together that the browser's dictionary does not know and would break a line within; they come with the
   page, each with word joiners where it would break. */
(() => {
  const source = document.getElementById("jaidee-held");
  const held = source ? Object.entries(JSON.parse(source.textContent)) : [];
  const hold = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE) return node.matches("script, style, textarea") || node.childNodes.forEach(hold);
    if (node.nodeType !== Node.TEXT_NODE) return;
    for (const [word, joined] of held) if (node.data.includes(word)) node.data = node.data.replaceAll(word, joined);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) type === "childList" ? addedNodes.forEach(hold) : hold(target);
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
})();
