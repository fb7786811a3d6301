/* Give a map its name, its buttons, scale, north arrow and legend; loaded after leaflet.js and symbols.js. */
(function () {
  "use strict";
  const { node, plain, spoken, symbol, composed, SVG } = window.jaidee;

  function control(map, position, element) {
    const made = L.control({ position: position });
    made.onAdd = () => { L.DomEvent.disableClickPropagation(element); return element; };
    made.addTo(map);
  }

  function legend(map, words) {
    const box = node("details", { class: "jaidee-legend" });
    const heading = node("summary", {}), list = node("ul", {});
    heading.textContent = words.legendTitle;
    const line = (drawing, words) => {
      const item = node("li", {}), text = node("span", {});
      text.textContent = words;
      item.append(drawing, text);
      list.append(item);
    };
    for (const entry of words.legend) line(symbol(entry), entry.text);
    if (words.legendGroup) {
      const rank = (entry) => (map.options.worstFirst || []).indexOf(entry.glyph);
      const parts = words.legend.filter((entry) => rank(entry) >= 0).sort((one, other) => rank(one) - rank(other));
      const ring = parts.map((look) => ({ look: look, count: 1 }));
      if (ring.length) line(composed(ring, ring.length, 36), words.legendGroup);
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

  // Leaflet writes the units of its scale in Latin letters only
  function scale(language) {
    const bar = L.control.scale({ imperial: false, position: "topleft" }), update = bar._updateScale;
    const thai = (text) => text.replace(" km", " กม.").replace(" m", " ม.");
    bar._updateScale = function (line, text, ratio) {
      update.call(this, line, language === "th" ? thai(text) : text, ratio);
    };
    return bar;
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
    scale(words.language).addTo(map);
    north(map, words.north);
    map.whenReady(() => { if (words.legend.length) legend(map, words); });
  }

  Object.assign(window.jaidee, { dress: dress });
})();
