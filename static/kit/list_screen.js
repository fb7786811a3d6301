/** Show the sites: found by code or name, the nearest first when the phone knows where it is; and the same on a map. */
Jaidee.listScreen = (() => {
  "use strict";

  let kit = null;
  const asked = { text: "", zone: "", open: false };

  function begin(opened) {
    kit = opened;
    Jaidee.screens.add(/^\/$/, list);
    Jaidee.screens.add(/^\/map$/, map);
  }

  function metresTo(site) {
    const position = Jaidee.position.last();
    if (!position || site.lat === null) return Infinity;
    return Jaidee.map.metresBetween({ lat: position.latitude, lon: position.longitude }, site);
  }

  function wanted() {
    const parts = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (site) => {
      // as it is typed with one thumb: KK042 and KK42 are KK-042
      const codes = [site.code, site.code.replace("-", ""), site.code.replace(/-0*/, "")].join(" ");
      const told = `${codes} ${site.th} ${site.en} ${site.street.th} ${site.street.en}`.toLowerCase();
      return (!asked.zone || String(site.zone) === asked.zone) && parts.every((part) => told.includes(part));
    };
    const found = kit.sites.filter((site) => fits(site) && (!asked.open || isOpen(site)));
    // what was finished on this phone is not where to go next
    const order = (one, other) => isDone(one) - isDone(other) || metresTo(one) - metresTo(other);
    return Jaidee.position.last() ? found.sort(order) : found;
  }

  function list() {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const rows = make("ul", { class: "sites" });
    const count = make("p", { class: "small", role: "status" });
    const fill = () => {
      const found = wanted();
      rows.replaceChildren(...found.map(row));
      count.textContent = say("sites_shown", { shown: found.length, all: kit.sites.length });
    };
    const search = make("input", {
      ...{ id: "search", type: "search", value: asked.text, autocomplete: "off", enterkeyhint: "search" },
      on: {
        input: (event) => {
          asked.text = event.target.value;
          fill();
        },
      },
    });
    fill();
    const label = make("label", { for: "search" }, say("search_sites"));
    return { title: say("sites"), body: [returned(), make("div", { class: "field" }, label, search), zones(fill), toVisit(fill), here(fill), count, rows] };
  }

  /** Show first what an engineer returned. */
  function returned() {
    const { make } = Jaidee.dom;
    const back = Jaidee.notes.returned();
    if (!back.length) return null;
    const heading = make("h2", {}, Jaidee.words.say("returned_first", { n: back.length }));
    const cards = back.map((record) => make("li", {}, Jaidee.queueScreen.card(record)));
    return make("section", { id: "returned" }, heading, make("ul", { class: "cards" }, ...cards));
  }

  /** Return what has become of a site: on this phone, else whether anybody has surveyed it. */
  function stateOf(site) {
    const here = Jaidee.notes.stateOf(site.code);
    return here === "none" && site.surveyed_on ? "surveyed" : here;
  }

  const FINISHED = ["phone", "sent", "accepted", "held"];
  const isDone = (site) => Number(FINISHED.includes(stateOf(site)) && !begun(site));
  const isDue = (site) => stateOf(site) === "surveyed" && site.due_on < Jaidee.words.today();

  /** Whether a site is to be visited: nobody has surveyed it, so long ago that it is due again, or most of it is open. */
  function isOpen(site) {
    return stateOf(site) === "none" || isDue(site) || Boolean(begun(site));
  }

  /** Return what is answered of a site whose score has most of its questions open, as a sentence; else "". */
  function begun(site) {
    const state = stateOf(site);
    if (state === "surveyed") return site.begun ? Jaidee.words.say("state_begun", site.begun) : "";
    // What an earlier survey answered still counts beside this one.
    if (!FINISHED.includes(state) || (site.surveyed_on && !site.begun)) return "";
    const { sheet } = Jaidee.notes.lastOf(site.code);
    const { needed } = Jaidee.notes.standing(site, sheet);
    const isFew = sheet.place !== "not_found" && needed.done < kit.limits.least_answered * needed.all;
    return isFew ? Jaidee.words.say("state_begun_here", needed) : "";
  }

  /** Return the nearest site to visit, with its distance: from the phone, else from a site. */
  function nextOf(from) {
    const position = Jaidee.position.last();
    const start = position ? { lat: position.latitude, lon: position.longitude } : from;
    const metresTo = (site) => (start.lat === null || site.lat === null ? Infinity : Jaidee.map.metresBetween(start, site));
    const open = kit.sites.filter((site) => site.code !== from.code && isOpen(site));
    const found = open.map((site) => ({ site, metres: metresTo(site) })).sort((one, other) => one.metres - other.metres);
    return found[0] ? { ...found[0], isFromHere: Boolean(position) } : null;
  }

  function zones(fill) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const known = [...new Set(kit.sites.map((site) => site.zone).filter((zone) => zone !== null))].sort((a, b) => a - b);
    if (known.length < 2) return null;
    const option = (value, text) => make("option", { value, selected: asked.zone === value }, text);
    const choice = make(
      "select",
      {
        id: "zone",
        on: {
          change: (event) => {
            asked.zone = event.target.value;
            fill();
          },
        },
      },
      option("", say("all_zones")),
      ...known.map((zone) => option(String(zone), say("zone_n", { n: zone }))),
    );
    return make("div", { class: "field" }, make("label", { for: "zone" }, say("zone")), choice);
  }

  /** Offer to show only the sites that are to be visited. */
  function toVisit(fill) {
    const { make } = Jaidee.dom;
    const take = (event) => {
      asked.open = event.target.checked;
      fill();
    };
    const box = make("input", { type: "checkbox", id: "to_visit", checked: asked.open, on: { change: take } });
    return make("label", { class: "check" }, box, Jaidee.words.say("only_to_visit"));
  }

  /** Offer to sort by distance. */
  function here(after) {
    const { make } = Jaidee.dom;
    const { say, number } = Jaidee.words;
    const told = make("p", { class: "small", role: "status" });
    const position = Jaidee.position.last();
    if (position) told.textContent = say("position_known", { metres: number(position.accuracy_m, 0) });
    const locate = () =>
      Jaidee.position.ask(told).then((found) => {
        if (!found) return;
        told.textContent = say("position_known", { metres: number(found.accuracy_m, 0) });
        after();
      });
    const button = make("button", { id: "locate", type: "button", on: { click: locate } }, say("nearest_first"));
    return make("div", { class: "field" }, button, told);
  }

  function row(site) {
    const { make } = Jaidee.dom;
    const { say, name, number } = Jaidee.words;
    const metres = metresTo(site);
    const away = Number.isFinite(metres) ? say("metres_from_you", { metres: number(metres, 0) }) : "";
    const link = make(
      "a",
      { href: Jaidee.screens.siteAddress(site.code), class: "site" },
      make("span", { class: "code" }, site.code),
      make("span", { class: "name" }, name(site)),
      make("span", { class: "below" }, Jaidee.screens.chip(stateOf(site)), make("span", { class: "small" }, away), surveyed(site)),
    );
    return make("li", {}, link);
  }

  function surveyed(site) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const chips = [isDue(site) ? say("state_due") : "", begun(site)].filter(Boolean);
    const shown = chips.map((text) => make("span", { class: "chip draft" }, text));
    return stateOf(site) === "surveyed" ? [...shown, make("span", { class: "small" }, days(site))] : shown;
  }

  /** Return when a site was surveyed and when it is due again. */
  function days(site) {
    const { date, say } = Jaidee.words;
    return say("next_due", { day: date(site.surveyed_on), due: date(site.due_on) });
  }

  function map() {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const chosen = make("ul", { class: "sites", id: "chosen" });
    const told = make("p", { role: "status", class: "small" }, say("map_hint"));
    const choose = (sites) => {
      told.textContent = say("sites_chosen", { n: sites.length });
      chosen.replaceChildren(...sites.map(row));
      chosen.querySelector("a").focus();
    };
    const drawn = Jaidee.map.shown(kit, { stateOf: (code) => stateOf(kit.siteOf(code)), position: Jaidee.position.last(), choose });
    const twin = make("a", { href: "#/" }, say("same_as_list"));
    const credit = make("p", { class: "small" }, say("ground_credit"));
    return { title: say("map"), body: [make("p", {}, twin), drawn, told, chosen, here(Jaidee.screens.again), legend(), credit] };
  }

  function legend() {
    const { make } = Jaidee.dom;
    const states = ["none", "surveyed", "draft", "phone", "sent", "accepted", "held", "returned"];
    return make("p", { class: "legend" }, ...states.map((state) => Jaidee.screens.chip(state)));
  }

  return Object.freeze({ begin, metresTo, stateOf, nextOf, days, begun, returned });
})();
