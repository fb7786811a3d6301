/* Draw our markers, labels and legend with Leaflet, and make the map usable by keyboard and by ear.
   Loaded after leaflet.js, symbols.js, crowd.js and dress.js, in the app's frame and in exported files. */
(function () {
  "use strict";
  /* How far a symbol may step aside, in pixels, and how many sites may do so together rather than be a group. */
  const ASIDE = 60, FEW = 8;
  const jaidee = window.jaidee, { node, plain, spoken, symbol, SIZE, SVG } = jaidee;
  /* The ring round the chosen site, and the room that it needs. */
  const RING = 52, RING_ROOM = 46;
  /* From this zoom on streets fill the screen: a chosen site is shown there, and the ground in its close style. */
  const CLOSE = 16;
  /* How far apart, in pixels, a street may be named again. */
  const NAMED_AGAIN = 400;
  /* How long Leaflet moves things when it zooms, with some time to spare. */
  const ZOOM_MS = 300;
  const maps = [];
  const script = document.currentScript && document.currentScript.src;
  if (script) L.Icon.Default.imagePath = script.replace(/map\.js.*$/, "vendor/leaflet/images/");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm) {
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
  }

  function icon(content, size, name) {
    return L.divIcon({ className: name, html: content, iconSize: [size, size] });
  }

  function mark(map, code) {
    map.jaidee.chosen = code;
    map.jaidee.layers.forEach((layer, own) => {
      if (layer.getElement()) layer.getElement().setAttribute("aria-pressed", String(own === code));
    });
    changed(map);
  }

  function choose(map, feature, latlng) {
    ring(feature, latlng).addTo(map);
    document.dispatchEvent(new CustomEvent("jaidee:chosen", { detail: { code: feature.properties.code } }));
  }

  /* Let a symbol be used by keyboard: Enter or Space does what a click does, Escape closes its text; none is
     focused beneath a control. */
  function attend(made, act) {
    const element = made.getElement(), map = made._map;
    element.addEventListener("focus", () => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const seen = document.elementFromPoint(left + width / 2, top + height / 2);
      if (seen && seen.closest(".leaflet-control")) map.panTo(made.getLatLng(), { animate: false });
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") made.closeTooltip();
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      act(event);
    });
  }

  function tooltip(text, size) {
    return [spoken(text), { direction: "top", offset: [0, -size / 2], opacity: 1, className: "jaidee-tooltip" }];
  }

  /* A site; it has an element only while it is shown, so that ten thousand cost little. */
  const Site = L.Marker.extend({
    getEvents: () => ({}),

    onAdd: function (map) {
      map.jaidee.layers.set(this.look.code, this);
      changed(map);
    },

    onRemove: function (map) {
      this.conceal();
      changed(map);
    },

    reveal: function () {
      if (this._icon) return;
      const map = this._map, look = this.look;
      this.options.icon = icon(symbol(look), SIZE, "jaidee-site");
      L.Marker.prototype.onAdd.call(this, map);
      map.on(L.Marker.prototype.getEvents.call(this), this);
      this.bindTooltip(...tooltip(look.label, SIZE));
      const element = this.getElement();
      element.setAttribute("aria-label", look.label);
      element.setAttribute("aria-pressed", String(map.jaidee.chosen === look.code));
      attend(this, (event) => {
        this.fire("click", { latlng: this._latlng, originalEvent: event, sourceTarget: this }, true);
      });
    },

    conceal: function () {
      if (!this._icon) return;
      const map = this._map;
      map.off(L.Marker.prototype.getEvents.call(this), this);
      L.Marker.prototype.onRemove.call(this, map);
      this.unbindTooltip();
    },
  });

  let count = 0;
  function marker(feature, latlng) {
    const site = new Site(latlng);
    site.look = plain(feature.properties);
    site.order = count += 1;
    site.on("click", () => choose(site._map, feature, latlng));
    return site;
  }

  function filled(template, values) {
    return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function described(map, parts, count) {
    const words = map.options.words;
    const named = (glyph) => (words.legend.find((entry) => entry.glyph === glyph) || {}).name || glyph;
    const said = parts.map((part) => filled(words.groupPart, { n: part.count, name: named(part.look.glyph) }));
    return filled(words.group, { n: count, parts: said.join(", ") });
  }

  function group(map, item) {
    const count = item.sites.length, parts = jaidee.tally(item.sites, map.options.worstFirst);
    const text = described(map, parts, count);
    const made = L.marker(map.unproject([item.x, item.y], map.getZoom()), {
      icon: icon(jaidee.composed(parts, count, item.size), item.size, "jaidee-group"),
      /* Not through Leaflet's own clicks: the app takes those for the choice of a site. */
      interactive: false, keyboard: true,
    });
    made.bindTooltip(...tooltip(text, item.size));
    made.on("add", () => {
      const element = made.getElement();
      element.setAttribute("aria-label", text);
      element.addEventListener("mouseenter", () => made.openTooltip());
      element.addEventListener("mouseleave", () => made.closeTooltip());
      element.addEventListener("click", (event) => {
        event.stopPropagation();
        if (!event.detail || !map.dragging.moved()) enter(map, item);
      });
      attend(made, () => enter(map, item));
    });
    return made;
  }

  /* Zoom in to a group's sites, at least one step. */
  function enter(map, item) {
    const bounds = L.latLngBounds(item.sites.map((site) => site.getLatLng()));
    const zoom = Math.max(map.getBoundsZoom(bounds, false, L.point(100, 100)), map.getZoom() + 1);
    map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()), { animate: !calm });
  }

  /* Zoom in to the chosen site, or bring it into view; a reader who is near already keeps the view. */
  function approach(map, latlng) {
    const zoom = Math.max(map.getZoom(), CLOSE);
    if (zoom === map.getZoom() && map.getBounds().pad(-0.1).contains(latlng)) return;
    map.setView(latlng, zoom, { animate: !calm });
  }

  /* The ring round the chosen site; the newest one is the only one. */
  function ring(feature, latlng) {
    plain(feature.properties);
    const drawing = node("svg", { width: RING, height: RING, viewBox: "-26 -26 52 52", "aria-hidden": "true" }, SVG);
    drawing.append(
      node("circle", { r: 21, fill: "none", stroke: "#ffffff", "stroke-width": 8 }, SVG),
      node("circle", { r: 21, fill: "none", stroke: feature.properties.colour, "stroke-width": 4 }, SVG)
    );
    const made = L.marker(latlng, {
      icon: icon(drawing, RING, "jaidee-ring"), interactive: false, keyboard: false, zIndexOffset: 4000,
    });
    made.on("add", () => {
      const map = made._map, before = map.jaidee.ring;
      map.jaidee.ring = made;
      if (before) before.remove();
      mark(map, feature.properties.code);
      moveRing(map);
      approach(map, latlng);
      made.once("remove", () => {
        if (map.jaidee.ring === made) { map.jaidee.ring = null; mark(map, null); }
      });
    });
    return made;
  }

  function label(feature, latlng) {
    const text = node("span", { class: "jaidee-label jaidee-label-" + feature.properties.kind, "aria-hidden": "true" });
    text.textContent = plain(feature.properties).text;
    return L.marker(latlng, {
      icon: L.divIcon({ className: "jaidee-label-box", html: text, iconSize: null }),
      interactive: false, keyboard: false, pane: "jaideeLabels",
    });
  }

  function meet(a, b) {
    return a.left < b.right + 4 && b.left < a.right + 4 && a.top < b.bottom && b.top < a.bottom;
  }

  function apart(a, b) {
    return Math.hypot(a.left + a.right - b.left - b.right, a.top + a.bottom - b.top - b.bottom) / 2;
  }

  /* Labels come in the order of their importance; one that would cover a marker or an earlier label or
     is cut off by the edge is hidden, and so is the same name again near by. */
  function thinLabels(map) {
    const box = map.getContainer(), frame = box.getBoundingClientRect(), named = new Map();
    const above = box.querySelectorAll(".jaidee-site, .jaidee-group, .jaidee-ring, .leaflet-control");
    const taken = Array.from(above, (element) => element.getBoundingClientRect());
    box.querySelectorAll(".jaidee-label").forEach((text) => {
      const place = text.getBoundingClientRect(), same = named.get(text.textContent) || [];
      const whole = place.left >= frame.left && place.right <= frame.right && place.top >= frame.top && place.bottom <= frame.bottom;
      const again = same.some((other) => apart(place, other) < NAMED_AGAIN);
      const free = whole && !again && !taken.some((other) => meet(place, other));
      text.style.visibility = free ? "visible" : "hidden";
      if (!free) return;
      taken.push(place);
      named.set(text.textContent, same.concat(place));
    });
  }

  /* Give the ground the style of this zoom. */
  function styleGround(map) {
    const close = map.getZoom() >= CLOSE;
    map.eachLayer((layer) => {
      const near = layer.options.close;
      if (!near || layer.jaideeClose === close) return;
      if (!layer.jaideeFar) layer.jaideeFar = Object.fromEntries(Object.keys(near).map((key) => [key, layer.options[key]]));
      layer.jaideeClose = close;
      layer.setStyle(close ? near : layer.jaideeFar);
    });
  }

  /* Where the controls lie, in the map's own pixels: no marker may hide beneath one. */
  function controls(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return Array.from(map.getContainer().querySelectorAll(".leaflet-control"), (element) => {
      const box = element.getBoundingClientRect();
      const corner = (x, y) => map.containerPointToLayerPoint([x - frame.left, y - frame.top]);
      return L.bounds(corner(box.left, box.top), corner(box.right, box.bottom));
    });
  }

  /* Sites that crowd together at this zoom become one item; the chosen site is always an item of its own. */
  function regroup(map) {
    const state = map.jaidee, zoom = map.getZoom();
    const before = new Map(state.zoom === zoom ? state.items.map((item) => [item.sites[0], item]) : []);
    const items = [], chosen = [];
    state.layers.forEach((site, code) => {
      if (site._map !== map) return;
      const { x, y } = map.project(site.getLatLng(), zoom);
      if (code === state.chosen) chosen.push({ sites: [site], x: x, y: y, size: RING_ROOM });
      else items.push({ sites: [site], x: x, y: y, size: SIZE });
    });
    const kept = zoom < map.getMaxZoom() ? jaidee.gather(items) : items;
    state.items = chosen.concat(kept).map((item) => {
      const old = before.get(item.sites[0]);
      const same = old && old.sites.length === item.sites.length && old.sites.every((site, n) => site === item.sites[n]);
      return { ...item, at: L.point(item.x, item.y), group: same ? old.group : undefined };
    });
    state.zoom = zoom;
    state.stale = false;
  }

  /* Few sites at one place, which no zoom would part, need no group where there is room round them. */
  function inseparable(map, item) {
    if (item.sites.length > FEW) return false;
    const box = L.bounds(item.sites.map((site) => map.project(site.getLatLng(), map.getMaxZoom()))).getSize();
    return Math.max(box.x, box.y) < SIZE;
  }

  /* Find each item on the screen its spot; return what to show: groups, and sites by themselves. */
  function arrange(map) {
    const room = new jaidee.Room(), covered = controls(map), deepest = map.getZoom() >= map.getMaxZoom();
    const origin = map.getPixelOrigin(), bounds = map.getPixelBounds(), beyond = bounds.getSize().divideBy(2);
    const view = L.bounds(bounds.min.subtract(beyond), bounds.max.add(beyond)), shown = [];
    const place = (item, at) => ({ ...item, source: item, place: at.subtract(origin) });
    for (const item of map.jaidee.items.filter((each) => view.contains(each.at))) {
      const parts = item.sites.length > 1 && inseparable(map, item)
        ? item.sites.map((site) => place({ sites: [site], size: SIZE }, map.project(site.getLatLng()))) : [];
      const missed = parts.findIndex((part) => !room.take(part, ASIDE, covered));
      if (parts.length && missed < 0) { shown.push(...parts); continue; }
      parts.slice(0, missed).forEach(room.leave);
      const whole = place(item, item.at);
      if (!room.take(whole, ASIDE, covered) && deepest) room.take(whole, Infinity, []);
      shown.push(whole);
    }
    return shown.sort((one, other) => one.sites[0].order - other.sites[0].order);
  }

  function layerOf(map, item) {
    if (item.sites.length === 1) return item.sites[0];
    if (!item.source.group) item.source.group = group(map, item.source);
    return item.source.group;
  }

  function reveal(map, layer) {
    if (layer.reveal) layer.reveal();
    else if (!map.hasLayer(layer)) layer.addTo(map);
  }

  /* Note which site has the focus; the answer gives it back to the site, or to the group that took the site in. */
  function heldFocus(map) {
    const held = document.activeElement, visible = held && held.matches(":focus-visible");
    const before = map.jaidee.shown.find((item) => item.element === held);
    return (shown) => {
      if (!before || document.activeElement === held) return;
      const now = shown.find((item) => item.sites.includes(before.sites[0]));
      (visible && now ? now.element : map.getContainer()).focus({ preventScroll: true });
    };
  }

  function step(element, size, by) {
    element.style.marginLeft = by.x - size / 2 + "px";
    element.style.marginTop = by.y - size / 2 + "px";
  }

  /* Symbols that would cover one another or lie under a control step aside; a line leads from each to its place. */
  function stepAside(map, shown) {
    const lines = document.createDocumentFragment();
    for (const { layer, place, x, y } of shown) {
      const size = layer.getIcon().options.iconSize[0], by = L.point(x - place.x, y - place.y);
      layer.jaideeStep = by;
      step(layer.getElement(), size, by);
      layer.getTooltip().options.offset = by.subtract([0, size / 2]);
      if (Math.abs(by.x) + Math.abs(by.y) < 4) continue;
      lines.append(
        node("line", { x1: place.x, y1: place.y, x2: x, y2: y, stroke: "#444444", "stroke-width": 1 }, SVG),
        node("circle", { cx: place.x, cy: place.y, r: 2.5, fill: "#111111" }, SVG)
      );
    }
    map.jaidee.lines.replaceChildren(lines);
    moveRing(map);
  }

  /* Show what is on the screen and a little beyond, in the order of the sites, and nothing else. */
  function draw(map) {
    if (map.jaidee.stale || map.jaidee.zoom !== map.getZoom()) regroup(map);
    const shown = arrange(map), giveBack = heldFocus(map), pane = map.getPane("markerPane");
    shown.forEach((item) => { item.layer = layerOf(map, item); });
    const kept = new Set(shown.map((item) => item.layer));
    map.jaidee.shown.forEach(({ layer }) => {
      if (kept.has(layer)) return;
      if (layer.conceal) layer.conceal();
      else layer.remove();
    });
    shown.forEach((item) => {
      reveal(map, item.layer);
      item.element = item.layer.getElement();
    });
    const own = Array.from(pane.children).filter((element) => !element.matches(".jaidee-ring"));
    if (shown.some((item, number) => item.element !== own[number])) pane.append(...shown.map((item) => item.element));
    map.jaidee.shown = shown;
    stepAside(map, shown);
    styleGround(map);
    thinLabels(map);
    /* Last, because a focused symbol at the edge moves the map, which draws it anew. */
    giveBack(shown);
  }

  /* Many changes at once, as when sites are added one by one, are drawn once. */
  function changed(map) {
    map.jaidee.stale = true;
    window.clearTimeout(map.jaidee.waiting);
    map.jaidee.waiting = window.setTimeout(() => draw(map), 0);
  }

  function moveRing(map) {
    const ringed = map.jaidee.ring, layer = map.jaidee.layers.get(map.jaidee.chosen);
    if (ringed && layer && layer.jaideeStep) step(ringed._icon, RING, layer.jaideeStep);
  }

  const fitBounds = L.Map.prototype.fitBounds;
  L.Map.include({
    fitBounds(bounds, options) {
      fitBounds.call(this, bounds, options);
      this.jaidee.fitted = { bounds, options, centre: this.getCenter(), zoom: this.getZoom() };
      return this;
    },
  });

  /* A frame may have no width yet when its map is fitted: a view that nobody has moved since is fitted anew. */
  function resized(map) {
    if (!map._loaded) return;
    const fitted = map.jaidee.fitted;
    const untouched = fitted && fitted.zoom === map.getZoom() && fitted.centre.equals(map.getCenter(), 1e-4);
    map.invalidateSize({ animate: false });
    if (untouched) map.fitBounds(fitted.bounds, { ...fitted.options, animate: false });
  }

  L.Map.addInitHook(function () {
    this.jaidee = { layers: new Map(), items: [], shown: [], chosen: null, ring: null, stale: true, waiting: 0 };
    this.createPane("jaideeLabels").style.zIndex = 450;
    this.getPane("jaideeLabels").style.pointerEvents = "none";
    if (this.options.paper) this.getContainer().style.background = this.options.paper;
    if (this.options.words) jaidee.dress(this, this.options.words);
    this.createPane("jaideeLines").style.zIndex = 590;
    const lines = { width: 1, height: 1, class: "jaidee-lines leaflet-zoom-hide", "aria-hidden": "true" };
    this.jaidee.lines = node("svg", lines, SVG);
    this.getPane("jaideeLines").append(this.jaidee.lines);
    const tidy = () => { if (this._loaded) draw(this); };
    this.on("moveend resize", tidy);
    /* Symbols may still travel for a moment when the zoom has ended. */
    this.on("zoomend", () => window.setTimeout(() => thinLabels(this), ZOOM_MS));
    this.getContainer().addEventListener("toggle", tidy, true);
    /* The style sheet may come after the map and give it another height. */
    new ResizeObserver(() => resized(this)).observe(this.getContainer());
    if (document.fonts) document.fonts.ready.then(tidy);
    maps.push(this);
  });

  /* A picture of the ground says nothing to the ear. */
  L.GridLayer.addInitHook(function () {
    this.on("tileloadstart", (event) => { if (event.tile.tagName === "IMG") event.tile.alt = ""; });
  });

  /* Show one site, as when its row in the table is chosen; true when the map has it. */
  function show(code) {
    return maps.some((map) => {
      const layer = map.jaidee.layers.get(code);
      if (!layer) return false;
      ring(layer.feature, layer.getLatLng()).addTo(map);
      return true;
    });
  }

  Object.assign(jaidee, { marker: marker, ring: ring, label: label, show: show });
})();
