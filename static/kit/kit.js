/** Begin: open the pack and the database, draw the screen, and send what waits when there is a network. */
(async () => {
  "use strict";

  const SOON_MS = 250;
  let soon = 0;
  const packed = JSON.parse(document.getElementById("kit-data").textContent);
  const book = Jaidee.judge.open(packed.rules);
  const asked = new URLSearchParams(location.search).get("lang");
  Jaidee.words.begin(book, asked || packed.language, packed.time_zone);
  const { say, name } = Jaidee.words;
  const sites = new Map(packed.sites.map((site) => [site.code, site]));

  const kit = {
    ...packed,
    book,
    stays: false,
    siteOf: (code) => sites.get(code),
    settingName: (setting) => (book.settings[setting] ? name(book.settings[setting]) : ""),
    positionName: (status) => name(packed.position_statuses[status]),
    elementName: (element) => {
      const number = element.id.split(".").pop();
      return `${name(book.kinds[element.kind].name)} ${number}${element.label ? ` · ${element.label}` : ""}`;
    },
    /** Return what a note of an engineer is about: "element|quantity" in words. */
    placeName: (place) => {
      const [elementId, quantity] = place.split("|");
      const parts = elementId.split(".");
      const [kind, number] = parts.splice(-2);
      const known = book.quantities[quantity];
      if (!known || !book.kinds[kind]) return place;
      return `${parts.join(".")} ${name(book.kinds[kind].name)} ${number} · ${name(known.name)}`;
    },
  };

  function lost() {
    trouble("database_lost");
  }

  function trouble(key) {
    const place = document.getElementById("trouble");
    place.textContent = say(key);
    place.hidden = false;
  }

  /** Let the newest window work alone: two that hold one draft would write over each other. */
  function takeOver() {
    const forEver = () => new Promise(() => {});
    navigator.locks?.request(`jaidee-kit-${packed.workspace}`, { steal: true }, forEver).catch(() => {
      document.getElementById("screen").replaceChildren();
      document.getElementById("links").replaceChildren();
      trouble("other_window");
      document.documentElement.dataset.ready = "elsewhere";
    });
  }

  function changed(what, detail) {
    if (what === "lost") return lost();
    if (what === "idle" || what === "sending") Jaidee.queueScreen.heard(detail);
    // Many records are told of in a row; the screen follows a few times a second.
    if (what !== "kept" && what !== "photo") soon ||= setTimeout(follow, SOON_MS);
    return null;
  }

  function follow() {
    soon = 0;
    const typing = document.activeElement?.matches("input, textarea, select");
    const shown = ["/", "/queue"].includes(Jaidee.screens.path());
    if (shown && !typing && !document.querySelector(".twice .grave")) Jaidee.screens.again();
    else Jaidee.screens.frame();
  }

  async function speak(language) {
    Jaidee.words.use(language);
    await Jaidee.store.put("settings", { name: "language", value: language });
    Jaidee.screens.again();
  }

  async function install() {
    if (!location.protocol.startsWith("http")) return;
    document.head.append(Jaidee.dom.make("link", { rel: "manifest", href: new URL("manifest.webmanifest", location.href).href }));
    if ("serviceWorker" in navigator && isSecureContext) await navigator.serviceWorker.register(new URL("sw.js", location.href));
  }

  takeOver();
  try {
    await Jaidee.store.open(`jaidee-kit-${packed.workspace}`, lost);
    const kept = await Jaidee.store.get("settings", "language");
    if (!asked && kept) Jaidee.words.use(kept.value);
    await Jaidee.notes.begin(kit, changed);
  } catch {
    // A private window, or a phone without room: typing here would be lost, so nothing is asked.
    lost();
    return;
  }
  document.getElementById("demonstration").hidden = !packed.demonstration;
  document.getElementById("demonstration").textContent = say("demonstration");
  for (const screen of [Jaidee.place, Jaidee.listScreen, Jaidee.siteScreen, Jaidee.elementScreen, Jaidee.queueScreen]) screen.begin(kit);
  // The first screen may be that of the queue, which asks who sends.
  await Jaidee.sync.begin(kit, changed);
  Jaidee.screens.begin();
  document.getElementById("language").addEventListener("click", () => speak(Jaidee.words.language() === "th" ? "en" : "th"));
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector("#screen h1").focus();
  });
  for (const event of ["online", "offline"]) addEventListener(event, () => changed("network"));
  kit.stays = await Jaidee.store.askToStay();
  document.documentElement.dataset.ready = "yes";
  await install().catch(() => {});
})();
