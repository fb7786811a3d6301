/* Draw a site's symbol, and a group's ring shared out among its sites, and set down texts; loaded before map.js. */
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
  const SIZE = 25, RADIUS = 9.4;

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

  /* A text as an element, so that nothing in it is read as HTML. */
  function spoken(text) {
    const made = node("span", {});
    made.textContent = text;
    return made;
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

  /* A ring shared out among the verdicts, the count within, and the worst sign on its shoulder. */
  function composed(parts, count, size) {
    const half = size / 2, radius = half - 5, round = 2 * Math.PI * radius, shoulder = half * 0.72;
    const box = { width: size, height: size, viewBox: [-half, -half, size, size].join(" "), "aria-hidden": "true" };
    const drawing = node("svg", { ...box, class: "jaidee-symbol" }, SVG);
    drawing.append(node("circle", { r: half, fill: "#ffffff" }, SVG));
    let begun = 0;
    for (const part of parts) {
      const length = (part.count / count) * round, shown = parts.length > 1 ? Math.max(length - 1.5, 0.5) : length;
      drawing.append(node("circle", {
        r: radius, fill: "none", stroke: part.look.colour, "stroke-width": 6, transform: "rotate(-40)",
        "stroke-dasharray": shown + " " + (round - shown), "stroke-dashoffset": -begun,
      }, SVG));
      begun += length;
    }
    const worst = node("g", { transform: `translate(${shoulder} ${-shoulder}) scale(0.72)` }, SVG);
    worst.append(...symbol({ ...parts[0].look, hollow: false }).childNodes);
    drawing.append(glyph(String(count), "#111111"), worst);
    return drawing;
  }

  window.jaidee = {
    SIZE: SIZE, SVG: SVG, node: node, plain: plain, spoken: spoken, symbol: symbol, composed: composed,
  };
})();
