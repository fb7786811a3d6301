/* Say Streamlit's own English words in the page's language; the dictionary comes with the page.
   In a phrase, * stands for any words and # for a number, and both are put in again in their order. */
(() => {
  const source = document.getElementById("jaidee-words");
  const words = source ? JSON.parse(source.textContent) : {};
  if (!Object.keys(words).length) return;
  const patterns = Object.keys(words).filter((phrase) => /[*#]/.test(phrase)).map((phrase) => {
    const plain = phrase.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    return [new RegExp(`^${plain.replaceAll("*", "(.+)").replaceAll("#", "(-?[\\d.,]+)")}$`), words[phrase]];
  });
  const OURS = "textarea, canvas, [data-testid=stHtml], [data-jaidee-data]";
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "aria-valuetext"];

  const translated = (text) => {
    const plain = text.trim();
    if (Object.hasOwn(words, plain)) return text.replace(plain, () => words[plain]);
    for (const [pattern, phrase] of patterns) {
      const found = pattern.exec(plain);
      if (!found) continue;
      const parts = found.slice(1);
      return phrase.replace(/[*#]/g, () => { const part = parts.shift(); return translated(part) ?? part; });
    }
    return null;
  };
  const mendText = (node) => {
    const text = node.parentElement?.closest(OURS) ? null : translated(node.data);
    if (text !== null && text !== node.data) node.data = text;
  };
  const mend = (node) => {
    if (node.nodeType === Node.TEXT_NODE) mendText(node);
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(OURS)) return;
    for (const name of ATTRIBUTES) {
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
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
