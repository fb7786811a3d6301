/* Draw our markers, labels and legend with Leaflet, and make the map usable by keyboard and by ear.
   Loaded right after leaflet.js, in the app's frame and in exported files. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    circle: null,
    square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    triangle: [[0, -1.05], [1.1, 0.9], [-1.1, 0.9]],
    diamond: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
    hexagon: [[-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0]],
  };
  /* Signs that many fonts lack, as strokes in a box of 12. */
  const STROKES = { "\u2713": "M-5 0 -1.5 4 5 -4", "\u2715": "M-4 -4 4 4M4 -4 -4 4" };
  const SIZE = 25, RADIUS = 9.4, APART = SIZE + 0.5;
  const maps = [];
  const script = document.currentScript && document.currentScript.src;
  if (script) L.Icon.Default.imagePath = script.replace(/map\.js.*$/, "vendor/leaflet/images/");
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
  }

  function node(name, attributes, space) {
    const made = space ? document.createElementNS(space, name) : document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    return made;
  }

  /* Put back the braces that were kept from the page's template. */
  function plain(texts) {
    for (const key in texts) if (typeof texts[key] === "string") texts[key] = texts[key].replaceAll("\ue000", "{");
    return texts;
  }

  function outline(shape, radius) {
    const corners = SHAPES[shape];
    if (!corners) return node("circle", { r: radius }, SVG);
    return node("polygon", { points: corners.map((c) => c.map((v) => v * radius).join()).join(" ") }, SVG);
  }

  function glyph(text, colour) {
    if (STROKES[text]) {
      return node("path", { d: STROKES[text], fill: "none", stroke: colour, "stroke-width": 2.6 }, SVG);
    }
    const made = node("text", { "text-anchor": "middle", dy: "0.36em", fill: colour }, SVG);
    made.textContent = text;
    return made;
  }

  /* A hollow, dashed symbol says that the position is not confirmed. */
  function symbol(look) {
    const half = SIZE / 2;
    const box = { width: SIZE, height: SIZE, viewBox: [-half, -half, SIZE, SIZE].join(" "), "aria-hidden": "true" };
    const drawing = node("svg", { ...box, class: "jaidee-symbol" }, SVG);
    const halo = outline(look.shape, RADIUS + 2), body = outline(look.shape, RADIUS);
    halo.setAttribute("fill", "#ffffff");
    body.setAttribute("fill", look.hollow ? "#ffffff" : look.colour);
    body.setAttribute("stroke", look.colour);
    body.setAttribute("stroke-width", look.hollow ? 2.5 : 1);
    if (look.hollow) body.setAttribute("stroke-dasharray", "4 2");
    drawing.append(halo, body, glyph(look.glyph, look.hollow ? look.colour : "#ffffff"));
    return drawing;
  }

  function icon(content, size, name) {
    return L.divIcon({ className: name, html: content, iconSize: [size, size] });
  }

  /* A text as an element, so that nothing in it is read as HTML. */
  function spoken(text) {
    const made = node("span", {});
    made.textContent = text;
    return made;
  }

  function mark(map, code) {
    map.jaidee.chosen = code;
    map.jaidee.layers.forEach((layer, own) => {
      const element = layer.getElement && layer.getElement();
      if (element) element.setAttribute("aria-pressed", String(own === code));
    });
  }

  function choose(map, feature, latlng) {
    ring(feature, latlng).addTo(map);
    document.dispatchEvent(new CustomEvent("jaidee:chosen", { detail: { code: feature.properties.code } }));
  }

  function follow(layer, feature, latlng) {
    const look = feature.properties;
    layer.on("add", () => layer._map.jaidee.layers.set(look.code, layer));
    layer.on("click", () => choose(layer._map, feature, latlng));
    layer.bindTooltip(spoken(look.label), { direction: "top", offset: [0, -SIZE / 2], className: "jaidee-tooltip" });
    return layer;
  }

  /* Up to a thousand sites: an element each, reached with Tab, chosen with Enter or Space. */
  function marker(feature, latlng) {
    const look = plain(feature.properties);
    const made = L.marker(latlng, { icon: icon(symbol(look), SIZE, "jaidee-site") });
    follow(made, feature, latlng);
    made.on("add", () => {
      const element = made.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", look.label);
      element.setAttribute("aria-pressed", String(made._map.jaidee.chosen === look.code));
      element.addEventListener("keydown", (event) => {
        if (event.key === "Escape") made.closeTooltip();
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        made.fire("click", { latlng: latlng, originalEvent: event, sourceTarget: made }, true);
      });
    });
    return made;
  }

  const ShapeOnCanvas = L.CircleMarker.extend({
    _updatePath: function () {
      const corners = SHAPES[this.options.shape], renderer = this._renderer;
      if (!corners) return renderer._updateCircle(this);
      if (!renderer._drawing || this._empty()) return undefined;
      const pen = renderer._ctx;
      pen.beginPath();
      corners.forEach(([x, y]) => pen.lineTo(this._point.x + x * this._radius, this._point.y + y * this._radius));
      pen.closePath();
      return renderer._fillStroke(pen, this);
    },
  });

  /* Beyond a thousand sites: shapes on one canvas; the table beside the map is the way by keyboard. */
  function dot(feature, latlng) {
    const look = plain(feature.properties);
    return follow(new ShapeOnCanvas(latlng, {
      shape: look.shape, radius: 7, weight: 2, color: look.colour, dashArray: look.hollow ? "3 2" : null,
      fillColor: look.hollow ? "#ffffff" : look.colour, fillOpacity: 1,
    }), feature, latlng);
  }

  /* The ring round the chosen site; the newest one is the only one. */
  function ring(feature, latlng) {
    plain(feature.properties);
    const size = 52;
    const drawing = node("svg", { width: size, height: size, viewBox: "-26 -26 52 52", "aria-hidden": "true" }, SVG);
    drawing.append(
      node("circle", { r: 21, fill: "none", stroke: "#ffffff", "stroke-width": 8 }, SVG),
      node("circle", { r: 21, fill: "none", stroke: feature.properties.colour, "stroke-width": 4 }, SVG)
    );
    const made = L.marker(latlng, {
      icon: icon(drawing, size, "jaidee-ring"), interactive: false, keyboard: false, zIndexOffset: 4000,
    });
    made.on("add", () => {
      const map = made._map, before = map.jaidee.ring;
      map.jaidee.ring = made;
      if (before) before.remove();
      mark(map, feature.properties.code);
      moveRing(map);
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

  /* Labels are drawn in their order; one that would cover a marker or an earlier label is hidden. */
  function thinLabels(map) {
    const box = map.getContainer();
    const taken = Array.from(box.querySelectorAll(".jaidee-site, .leaflet-control"), (e) => e.getBoundingClientRect());
    box.querySelectorAll(".jaidee-label").forEach((text) => {
      const place = text.getBoundingClientRect();
      const free = !taken.some((other) => meet(place, other));
      text.style.visibility = free ? "visible" : "hidden";
      if (free) taken.push(place);
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

  /* Give each point in turn the free spot nearest to its place, with a finger's room round it. */
  function settle(points, covered) {
    const cells = new Map();
    const cell = (x, y) => Math.floor(x / APART) + ":" + Math.floor(y / APART);
    const near = (x, y) => [-1, 0, 1].flatMap((i) => [-1, 0, 1].flatMap((j) =>
      cells.get(cell(x + i * APART, y + j * APART)) || []));
    const bare = (x, y) => covered.every((box) => x < box.min.x - APART / 2 || x > box.max.x + APART / 2 ||
      y < box.min.y - APART / 2 || y > box.max.y + APART / 2);
    const free = (x, y) => bare(x, y) &&
      near(x, y).every((p) => Math.abs(p.x - x) >= APART || Math.abs(p.y - y) >= APART);
    for (const point of points) {
      const { x, y } = point.place;
      for (let radius = 0, found = false; !found; radius += 4) {
        const spokes = Math.max(1, Math.round(radius));
        for (let spoke = 0; spoke < spokes && !found; spoke += 1) {
          const angle = (spoke / spokes) * 2 * Math.PI;
          point.x = x + radius * Math.cos(angle);
          point.y = y + radius * Math.sin(angle);
          found = free(point.x, point.y);
        }
      }
      const own = cell(point.x, point.y);
      cells.set(own, (cells.get(own) || []).concat(point));
    }
    return points;
  }

  function step(element, size, by) {
    element.style.marginLeft = by.x - size / 2 + "px";
    element.style.marginTop = by.y - size / 2 + "px";
  }

  /* Markers that would cover one another step aside; a line leads from each to its place. */
  function spread(map) {
    const layers = Array.from(map.jaidee.layers.values()).filter((layer) => layer.getElement && layer._icon);
    const points = layers.map((layer) => ({ layer: layer, place: map.latLngToLayerPoint(layer.getLatLng()) }));
    const lines = document.createDocumentFragment();
    settle(points, controls(map)).forEach(({ layer, place, x, y }) => {
      const by = L.point(x - place.x, y - place.y);
      layer.jaideeStep = by;
      step(layer._icon, SIZE, by);
      layer.getTooltip().options.offset = by.subtract([0, SIZE / 2]);
      if (Math.abs(by.x) + Math.abs(by.y) < 4) return;
      lines.append(
        node("line", { x1: place.x, y1: place.y, x2: x, y2: y, stroke: "#444444", "stroke-width": 1 }, SVG),
        node("circle", { cx: place.x, cy: place.y, r: 2.5, fill: "#111111" }, SVG)
      );
    });
    map.jaidee.lines.replaceChildren(lines);
    moveRing(map);
  }

  function moveRing(map) {
    const ringed = map.jaidee.ring, layer = map.jaidee.layers.get(map.jaidee.chosen);
    if (ringed && layer && layer.jaideeStep) step(ringed._icon, 52, layer.jaideeStep);
  }

  function control(map, position, element) {
    const made = L.control({ position: position });
    made.onAdd = () => { L.DomEvent.disableClickPropagation(element); return element; };
    made.addTo(map);
  }

  function legend(map, words) {
    const box = node("details", { class: "jaidee-legend" });
    const heading = node("summary", {}), list = node("ul", {});
    heading.textContent = words.legendTitle;
    for (const entry of words.legend) {
      const line = node("li", {}), text = node("span", {});
      text.textContent = entry.text;
      line.append(symbol(entry), text);
      list.append(line);
    }
    box.append(heading, list);
    box.open = map.getSize().x >= 700;
    control(map, "bottomright", box);
  }

  function north(map, text) {
    const box = node("div", { class: "jaidee-north", role: "img", "aria-label": text });
    const drawing = node("svg", { width: 20, height: 24, viewBox: "0 0 20 24", "aria-hidden": "true" }, SVG);
    drawing.append(node("path", { d: "M10 1 18 23 10 17 2 23z", fill: "#1a1a1a" }, SVG));
    box.append(drawing);
    control(map, "topright", box);
  }

  function dress(map, words) {
    [words, ...words.legend].forEach(plain);
    document.documentElement.lang = words.language;
    document.title = words.title;
    document.querySelectorAll("meta[name=viewport]").forEach((meta) => {
      meta.content = "width=device-width, initial-scale=1";
    });
    if (window.frameElement) window.frameElement.title = words.title;
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", words.title);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(spoken(words.attribution).innerHTML);
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false, position: "topleft" }).addTo(map);
    north(map, words.north);
    map.whenReady(() => { if (words.legend.length) legend(map, words); });
  }

  L.Map.addInitHook(function () {
    this.jaidee = { layers: new Map(), chosen: null, ring: null };
    this.createPane("jaideeLabels").style.zIndex = 450;
    this.getPane("jaideeLabels").style.pointerEvents = "none";
    if (this.options.paper) this.getContainer().style.background = this.options.paper;
    if (this.options.words) dress(this, this.options.words);
    let waiting = 0;
    this.createPane("jaideeLines").style.zIndex = 590;
    this.jaidee.lines = node("svg", { width: 1, height: 1, class: "jaidee-lines leaflet-zoom-hide", "aria-hidden": "true" }, SVG);
    this.getPane("jaideeLines").append(this.jaidee.lines);
    const tidy = () => { spread(this); thinLabels(this); };
    this.on("moveend resize", tidy);
    this.on("layeradd", (event) => {
      if (!(event.layer instanceof L.GeoJSON)) return;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(tidy, 0);
    });
    this.getContainer().addEventListener("toggle", tidy, true);
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
      map.setView(layer.getLatLng(), Math.max(map.getZoom(), 15));
      ring(layer.feature, layer.getLatLng()).addTo(map);
      return true;
    });
  }

  window.jaidee = { marker: marker, dot: dot, ring: ring, label: label, show: show };
})();
