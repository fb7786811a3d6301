// Puts the cursor into the field of a label whenever the sign changes, such as after a sheet was saved.
export default function (component) {
  const { label, sign } = component.data;
  commitBeforeSaving();
  if (window.jaideeFocused === sign) return;
  window.jaideeFocused = sign;
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
