/**
 * Draw the ground and the sites without a network: streets and places as lines, sites as buttons that never overlap.
 *
 * shown(kit, {states, position, choose}) -> an element; choose([site]) is called with the site, or the sites of a group
 * that no zoom can part. The list of sites says the same in words.
 */
Jaidee.map = (() => {
  "use strict";

  const APART_PX = 46;
  const [CLOSEST, STEP] = [2, 1.8];
  const [AXIS_M, ECCENTRICITY_SQUARED] = [6_378_137, 0.0066943799901413165];
  const NAMES_FROM = 0.06;
  const LESSER_FROM = 0.12;
  const AREAS = ["parks", "water", "buildings"];

  function shown(kit, { stateOf, position, choose }) {
    const { make, drawing } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const placed = kit.sites.filter((site) => site.lat !== null);
    const flat = flattened(placed[0] || { lat: 0, lon: 0 });
    const ground = drawing("svg", { class: "ground", "aria-hidden": "true", focusable: "false" });
    const buttons = make("div", { class: "buttons" });
    const area = make("div", { class: "map" }, ground, buttons);
    const view = { x: 0, y: 0, scale: 0.05 };

    function fit() {
      const points = placed.map(flat);
      const [xs, ys] = [points.map((one) => one.x), points.map((one) => one.y)];
      const [wide, high] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
      view.scale = Math.min(area.clientWidth / (wide * 1.15 + 200), area.clientHeight / (high * 1.15 + 200));
      [view.x, view.y] = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2];
      draw();
    }

    function toScreen({ x, y }) {
      return [area.clientWidth / 2 + (x - view.x) * view.scale, area.clientHeight / 2 - (y - view.y) * view.scale];
    }

    function line(points, attributes) {
      const at = points.map(([lon, lat]) => toScreen(flat({ lon, lat })).map((each) => each.toFixed(1)).join());
      return drawing("polyline", { points: at.join(" "), fill: "none", ...attributes });
    }

    function draw() {
      ground.setAttribute("viewBox", `0 0 ${area.clientWidth} ${area.clientHeight}`);
      const near = view.scale > LESSER_FROM ? inView() : () => false;
      const areas = AREAS.flatMap((kind) =>
        (kit.ground[kind] || []).filter((ring) => kind === "water" || near(ring)).map((ring) => line(ring, { class: kind })),
      );
      const streets = kit.ground.streets
        .filter((street) => !street.lesser || near(street.points))
        .map((street) => line(street.points, { class: street.lesser ? "street lesser" : "street" }));
      const outline = kit.ground.outline.map((ring) => line(ring, { class: "outline" }));
      ground.replaceChildren(...areas, ...outline, ...streets, ...(view.scale > NAMES_FROM ? placeNames() : []), ...myself());
      // A group keeps its button, and with it the focus, while it stays the same.
      const before = new Map(Array.from(buttons.children, (button) => [button.dataset.codes, button]));
      buttons.replaceChildren(...groups().map((group) => groupButton(group, before)));
    }

    /** Return what tells whether any corner of a line is seen, or nearly. */
    function inView() {
      const [wide, high] = [area.clientWidth / view.scale, area.clientHeight / view.scale];
      return (points) =>
        points.some(([lon, lat]) => {
          const { x, y } = flat({ lon, lat });
          return Math.abs(x - view.x) < wide && Math.abs(y - view.y) < high;
        });
    }

    function placeNames() {
      return kit.ground.places.map((place) => {
        const [x, y] = toScreen(flat(place));
        return drawing("text", { x: x.toFixed(1), y: y.toFixed(1), class: "place" }, name(place));
      });
    }

    function myself() {
      if (!position) return [];
      const [x, y] = toScreen(flat({ lat: position.latitude, lon: position.longitude }));
      return [drawing("circle", { cx: x, cy: y, r: 9, class: "myself" })];
    }

    /** Return the sites in view in groups so far apart that a thumb cannot miss. */
    function groups() {
      const made = [];
      for (const site of placed) {
        const [x, y] = toScreen(flat(site));
        if (x < 22 || y < 22 || x > area.clientWidth - 22 || y > area.clientHeight - 22) continue;
        const near = made.find((one) => Math.abs(one.x - x) < APART_PX && Math.abs(one.y - y) < APART_PX);
        if (near) near.sites.push(site);
        else made.push({ x, y, sites: [site] });
      }
      return made;
    }

    function groupButton({ x, y, sites }, before) {
      const codes = sites.map((site) => site.code).join(" ");
      const one = sites.length === 1;
      const state = one ? stateOf(sites[0].code) : "group";
      const label = one
        ? `${sites[0].code} ${name(sites[0])}: ${say(`state_${state}`)}`
        : say("group_of_sites", { n: sites.length, codes: sites.slice(0, 3).map((site) => site.code).join(", ") });
      const button = before.get(codes) || make("button", { type: "button", "data-codes": codes });
      button.className = `dot ${state}`;
      button.setAttribute("aria-label", label);
      button.textContent = one ? Jaidee.screens.stateSign(state) : String(sites.length);
      button.onclick = () => pick(sites, x, y);
      button.style.left = `${x}px`;
      button.style.top = `${y}px`;
      return button;
    }

    function pick(sites, x, y) {
      if (sites.length === 1 || view.scale >= CLOSEST) return choose(sites);
      const points = sites.map(flat);
      const middle = (part) => points.reduce((sum, one) => sum + one[part], 0) / points.length;
      [view.x, view.y] = [middle("x"), middle("y")];
      zoom(STEP * STEP);
      return buttons.querySelector("button")?.focus();
    }

    function zoom(factor) {
      view.scale = Math.min(CLOSEST, Math.max(0.005, view.scale * factor));
      draw();
    }

    function pan(right, up) {
      view.x += (right * area.clientWidth) / 3 / view.scale;
      view.y += (up * area.clientHeight) / 3 / view.scale;
      draw();
    }

    function drag(event) {
      if (event.target.closest("button")) return;
      let last = [event.clientX, event.clientY];
      const move = (now) => {
        view.x -= (now.clientX - last[0]) / view.scale;
        view.y += (now.clientY - last[1]) / view.scale;
        last = [now.clientX, now.clientY];
        draw();
      };
      const end = () => {
        removeEventListener("pointermove", move);
        removeEventListener("pointerup", end);
        removeEventListener("pointercancel", end);
      };
      addEventListener("pointermove", move);
      addEventListener("pointerup", end);
      addEventListener("pointercancel", end);
    }

    const button = (text, label, act) =>
      make("button", { type: "button", class: "tool", "aria-label": label, on: { click: act } }, text);
    const tools = make(
      "div",
      { class: "tools", role: "group", "aria-label": say("map_tools") },
      button("+", say("zoom_in"), () => zoom(STEP)),
      button("−", say("zoom_out"), () => zoom(1 / STEP)),
      button("⤢", say("whole_area"), fit),
      button("←", say("to_the_west"), () => pan(-1, 0)),
      button("→", say("to_the_east"), () => pan(1, 0)),
      button("↑", say("to_the_north"), () => pan(0, 1)),
      button("↓", say("to_the_south"), () => pan(0, -1)),
    );
    area.addEventListener("pointerdown", drag);
    if (placed.length) new ResizeObserver(() => (area.dataset.fitted ? draw() : fitOnce())).observe(area);
    function fitOnce() {
      if (!area.clientWidth) return;
      area.dataset.fitted = "yes";
      fit();
    }
    const credit = kit.ground.credit ? [make("p", { class: "credit" }, name(kit.ground.credit))] : [];
    return make("div", { class: "map-box" }, tools, area, ...credit);
  }

  /** Return what turns degrees into metres east and north of one site; true enough for one city. */
  function flattened({ lat, lon }) {
    const { eastward, northward } = metresOfADegree(lat);
    return (place) => ({ x: (place.lon - lon) * eastward, y: (place.lat - lat) * northward });
  }

  /** Return the metres of a degree by the radii of WGS 84 at a latitude. */
  function metresOfADegree(lat) {
    const radians = Math.PI / 180;
    const flat = 1 - ECCENTRICITY_SQUARED * Math.sin(lat * radians) ** 2;
    return {
      eastward: (radians * Math.cos(lat * radians) * AXIS_M) / Math.sqrt(flat),
      northward: (radians * AXIS_M * (1 - ECCENTRICITY_SQUARED)) / flat ** 1.5,
    };
  }

  /** Return the metres between two places; the twin of metres_between in layers/distance.py. */
  function metresBetween(one, other) {
    const { eastward, northward } = metresOfADegree((one.lat + other.lat) / 2);
    return Math.hypot((one.lon - other.lon) * eastward, (one.lat - other.lat) * northward);
  }

  return Object.freeze({ shown, metresBetween });
})();
