// Brings a part of the page into sight, and the cursor to a heading, its open tab or first field, after each change;
// what an earlier run asked is drawn once more at times and asks for nothing.
// What was folded above it shrinks meanwhile, so the part is looked for again until the page is at rest.
export default function (component) {
  const { part, focused, widest_px, changed_ms } = component.data;
  if (changed_ms <= (window.jaideeRevealed ?? 0)) return;
  window.jaideeRevealed = changed_ms;
  if (widest_px && window.innerWidth > widest_px) return;
  const of = (key) => document.querySelector(`.st-key-${CSS.escape(key)}`);
  const find = (turns) => {
    const found = of(part);
    if (found) found.scrollIntoView({ block: "start" });
    const first = (what) => found?.querySelector(what);
    const heading = focused && of(focused)?.querySelector("h1, h2, h3");
    if (heading) heading.tabIndex = -1;
    const field =
      heading || first("[role=tab][aria-selected=true]") || first("input[type=text]") || first("button");
    if (field && document.activeElement !== field) field.focus({ preventScroll: true });
    if (turns) setTimeout(find, 80, turns - 1);
  };
  setTimeout(find, 40, 4);
}
