/**
 * Build what is on the screen; every text goes in as text, never as markup.
 *
 * make(tag, attributes, ...children)   children are texts, nodes, or nothing; attributes whose value is null, undefined
 *                                      or false are left out; `on` holds listeners
 * drawing(tag, attributes, ...)        the same in SVG
 * Jaidee.dom.twice(button text, ask)   -> a button that asks once more before it does something
 */
Jaidee.dom = (() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function dressed(node, { on = {}, ...attributes }, children) {
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(key, "");
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
    }
    for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  const make = (tag, attributes = {}, ...children) => dressed(document.createElement(tag), attributes, children);
  const drawing = (tag, attributes = {}, ...children) =>
    dressed(document.createElementNS(SVG, tag), attributes, children);

  function twice(text, question, act) {
    const say = Jaidee.words.say;
    const place = make("div", { class: "twice" });
    const first = make("button", { type: "button", class: "quiet", on: { click: ask } }, text);
    function ask() {
      const yes = make("button", { type: "button", class: "grave", on: { click: act } }, say("yes_do_it"));
      const no = make("button", { type: "button", on: { click: calm } }, say("no_keep_it"));
      place.replaceChildren(make("p", {}, question), make("div", { class: "row" }, no, yes));
      no.focus();
    }
    function calm() {
      place.replaceChildren(first);
      first.focus();
    }
    place.append(first);
    return place;
  }

  return Object.freeze({ make, drawing, twice });
})();
