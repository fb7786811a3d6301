/* Give text fields the keypad of their content; the page names the fields by their labels. */
export default function (component) {
  const modes = component.data;
  const apply = () => {
    for (const field of document.querySelectorAll("input[aria-label]")) {
      const mode = modes[field.getAttribute("aria-label")];
      if (mode && field.getAttribute("inputmode") !== mode) field.setAttribute("inputmode", mode);
    }
  };
  apply();
  const watch = new MutationObserver(apply);
  watch.observe(document.body, { childList: true, subtree: true });
  return () => watch.disconnect();
}
