/**
 * Walk between the screens by the address after #, so that Back works and nothing is loaded.
 *
 * add(pattern, draw)     draw(...parts of the address) returns {title, body: [node]}; pattern is a RegExp of the address
 * siteAddress(...parts)  the address of a site, or with more parts of its element and question
 * begin(), again()       draw the screen of the address; again() keeps the focus where it is when it can
 * follow()               again(), for what changed by itself; a question that waits for its answer stays
 * stateSign(state), chip(state)   what has become of a site or a record, as a sign and as sign and words
 */
Jaidee.screens = (() => {
  "use strict";

  const SIGNS = {
    ...{ none: "○", surveyed: "●", draft: "✎", phone: "▣", sent: "↑", accepted: "✓", held: "‖", returned: "↩" },
    ...{ dismissed: "✕", refused: "!", replaced: "⇢" },
  };
  const PATIENCE_MS = 500;
  const screens = [];
  let later = 0;

  const add = (pattern, draw) => screens.push({ pattern, draw });
  const stateSign = (state) => SIGNS[state] || "?";
  const path = () => location.hash.replace(/^#/, "") || "/";
  // a code may have a slash or a percent sign of its own
  const siteAddress = (...parts) => `#/site/${parts.map(encodeURIComponent).join("/")}`;

  function decoded(part) {
    try {
      return part && decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  function chip(state) {
    const { make } = Jaidee.dom;
    const sign = make("span", { "aria-hidden": "true", class: "sign" }, stateSign(state));
    return make("span", { class: `chip ${state}` }, sign, Jaidee.words.say(`state_${state}`));
  }

  function begin() {
    addEventListener("hashchange", () => draw(true));
    draw(false);
  }

  function draw(arrived) {
    if (document.documentElement.dataset.ready === "elsewhere") return null;
    const here = path();
    const found = screens.map(({ pattern, draw: made }) => ({ made, parts: pattern.exec(here) })).find((one) => one.parts);
    if (!found) return location.replace("#/");
    const { title, body } = found.made(...found.parts.slice(1).map(decoded));
    const { make } = Jaidee.dom;
    const heading = make("h1", { tabindex: "-1" }, title);
    document.getElementById("screen").replaceChildren(heading, ...body.flat().filter(Boolean));
    document.title = `${title} · ${Jaidee.words.say("kit_title")}`;
    frame(here);
    if (arrived) {
      scrollTo(0, 0);
      heading.focus();
    }
    return null;
  }

  /** Draw the same screen anew, and give the focus back to the thing of the same name. */
  function again() {
    const name = document.activeElement?.id;
    const top = scrollY;
    draw(false);
    scrollTo(0, top);
    if (name) document.getElementById(name)?.focus({ preventScroll: true });
  }

  /** Draw anew what came from elsewhere, but never take away a question that somebody is about to answer. */
  function follow() {
    clearTimeout(later);
    if (!["/", "/queue"].includes(path())) return frame(path());
    if (!document.querySelector(".twice .grave")) return again();
    later = setTimeout(follow, PATIENCE_MS);
    return frame(path());
  }

  /** Say the words around the screen: title, links, language, network. */
  function frame(here) {
    if (document.documentElement.dataset.ready === "elsewhere") return;
    const { say, language } = Jaidee.words;
    const { make } = Jaidee.dom;
    const waiting = Jaidee.notes.current().filter((one) => one.state !== "accepted" && one.state !== "dismissed").length;
    const links = [
      ["/", say("sites"), here === "/" || here.startsWith("/site/")],
      ["/map", say("map"), here === "/map"],
      ["/queue", waiting ? say("queue_with", { n: waiting }) : say("queue"), here === "/queue"],
    ];
    document
      .getElementById("links")
      .replaceChildren(
        ...links.map(([to, text, current]) => make("a", { href: `#${to}`, "aria-current": current ? "page" : null }, text)),
      );
    document.getElementById("links").setAttribute("aria-label", say("screens"));
    document.getElementById("brand").textContent = say("kit_title");
    document.getElementById("skip").textContent = say("skip");
    document.getElementById("demonstration").textContent = say("demonstration");
    const other = document.getElementById("language");
    other.textContent = language() === "th" ? "English" : "ไทย";
    other.lang = language() === "th" ? "en" : "th";
    document.getElementById("network").textContent = networkNow();
  }

  /** Say whether there is a network, and when there is one, whether the last try reached the office. */
  function networkNow() {
    const { say } = Jaidee.words;
    if (!navigator.onLine) return say("no_network_now");
    return say(Jaidee.sync.isAway() ? "office_away" : "network");
  }

  return Object.freeze({ add, begin, again, follow, frame: () => frame(path()), stateSign, chip, path, siteAddress });
})();
