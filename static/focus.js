// Puts the cursor into the field of a label after each change, such as when a sheet was saved; what an earlier
// run asked is drawn once more at times and asks for nothing.
export default function (component) {
  const { label, changed_ms } = component.data;
  commitBeforeSaving();
  if (changed_ms <= (window.jaideeFocused ?? 0)) return;
  window.jaideeFocused = changed_ms;
  const find = (turns) => {
    const fields = [...document.querySelectorAll("input[aria-label]")];
    const field = fields.find((each) => each.getAttribute("aria-label") === label);
    if (field) field.focus();
    else if (turns) setTimeout(find, 60, turns - 1);
  };
  setTimeout(find, 60, 30);
}

// A field hands over what was typed when it is left; the shortcut that saves must not come before that.
function commitBeforeSaving() {
  if (window.jaideeCommits) return;
  window.jaideeCommits = true;
  const commit = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const field = document.activeElement;
    if (field instanceof HTMLInputElement) field.blur();
  };
  window.addEventListener("keydown", commit, { capture: true });
}
