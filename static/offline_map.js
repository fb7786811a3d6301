/* In an exported map: search and filter the table and the map together, choose a site in either. */
(function () {
  "use strict";
  const bodies = Array.from(document.querySelectorAll("tbody[data-code]"));
  const form = document.getElementById("filters");
  const wanted = document.getElementById("wanted"), verdict = document.getElementById("verdict");
  const barrier = document.getElementById("barrier");
  const shown = document.getElementById("shown"), chosen = document.getElementById("chosen");
  const map = window[document.querySelector(".folium-map").id];

  /* One spelling for both: capitals, doubled blanks and the two ways to write sara am make no difference. */
  function folded(text) {
    return text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  }

  function filled(line, values) {
    line.textContent = line.dataset.template.replace(/\{(\w+)\}/g, (whole, name) => values[name]);
  }

  function showMarker(code, visible) {
    const layer = map.jaidee.layers.get(code);
    if (!layer || map.hasLayer(layer) === visible) return;
    if (visible) { map.addLayer(layer); return; }
    if (map.jaidee.chosen === code && map.jaidee.ring) map.jaidee.ring.remove();
    map.removeLayer(layer);
  }

  function filter() {
    const parts = folded(wanted.value), [state, persona] = barrier.value.split(" ");
    let count = 0;
    bodies.forEach((body) => {
      const text = folded(body.dataset.sought).join(" ");
      const fits = (!verdict.value || body.dataset.verdict === verdict.value) &&
        (!state || body.dataset[state].split(" ").includes(persona)) && parts.every((p) => text.includes(p));
      body.hidden = !fits;
      count += fits;
      showMarker(body.dataset.code, fits);
      if (!fits) press(body, false);
    });
    filled(shown, { shown: count, all: bodies.length });
    if (!bodies.some((body) => body.classList.contains("chosen"))) chosen.textContent = "";
  }

  function press(body, pressed) {
    body.classList.toggle("chosen", pressed);
    body.querySelector("button").setAttribute("aria-pressed", String(pressed));
  }

  function mark(code) {
    bodies.forEach((body) => press(body, body.dataset.code === code));
    const body = bodies.find((each) => each.dataset.code === code);
    if (!body) return null;
    filled(chosen, { site: body.querySelector("button").textContent });
    return body;
  }

  const beside = window.matchMedia("(min-width: 1000px)");
  bodies.forEach((body) => body.querySelector("button").addEventListener("click", () => {
    mark(body.dataset.code);
    if (window.jaidee.show(body.dataset.code) && !beside.matches) map.getContainer().scrollIntoView({ block: "start" });
  }));
  document.addEventListener("jaidee:chosen", (event) => {
    const body = mark(event.detail.code);
    if (!body) return;
    body.querySelector("details").open = true;
    if (beside.matches) body.scrollIntoView({ block: "start" });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);

  /* Paper cannot be opened. */
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    closed.forEach((each) => { each.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));
  /* The map names the page after itself; here the page says more. */
  document.title = document.querySelector("h1").textContent;
  filter();
})();
