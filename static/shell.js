/* Say Streamlit's own English words in the page's language; the dictionary comes with the page. */
(() => {
  const source = document.getElementById("jaidee-words");
  const words = source ? JSON.parse(source.textContent) : {};
  const starts = Object.keys(words).filter((word) => word.endsWith("*"));
  if (!Object.keys(words).length) return;

  const translated = (text) => {
    const plain = text.trim();
    if (Object.hasOwn(words, plain)) return text.replace(plain, words[plain]);
    const start = starts.find((word) => plain.startsWith(word.slice(0, -1)));
    return start ? words[start].replace("*", plain.slice(start.length - 1)) : null;
  };
  const ours = (node) => node.parentElement && node.parentElement.closest("textarea, [data-jaidee-data]");
  const mend = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = ours(node) ? null : translated(node.data);
      if (text !== null && text !== node.data) node.data = text;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const value = node.getAttribute(name);
      const text = value && translated(value);
      if (text && text !== value) node.setAttribute(name, text);
    }
    node.childNodes.forEach(mend);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(mend);
      else mend(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ["aria-label", "title", "placeholder", "alt"],
  });
})();
