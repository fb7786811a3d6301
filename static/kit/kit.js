/** Begin: open the pack and the database, draw the screen, and send what waits when there is a network. */
(async () => {
  "use strict";

  const SOON_MS = 250;
  let [soon, standsBy, isDrawn] = [0, false, false];
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
    /** Return a quantity to be measured because a price rests on it, and that it is so. */
    forPrice: (quantity) => say("measure_for_price", { quantity: name(book.quantities[quantity].name), reason: say("reason_price") }),
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
    if (!standsBy) trouble("database_lost");
  }

  function trouble(key) {
    const place = document.getElementById("trouble");
    place.textContent = key ? say(key) : "";
    place.hidden = !key;
  }

  const LOCK = `jaidee-kit-${packed.workspace}`;
  const forEver = () => new Promise(() => {});

  /** Let the newest window work alone: two that hold one draft would write over each other. */
  function takeOver() {
    navigator.locks?.request(LOCK, { steal: true }, forEver).catch(yieldTo);
  }

  // A browser that gives no locks at all rejects too; there this window works as it would without them.
  const yieldTo = (fault) => fault.name === "AbortError" && standBy();

  /** Write and send nothing more, as a newer window does, and go on with what it kept when it is closed. */
  function standBy() {
    standsBy = true;
    Jaidee.sync.stop();
    Jaidee.store.close();
    document.getElementById("screen").replaceChildren();
    document.getElementById("links").replaceChildren();
    trouble("other_window");
    document.documentElement.dataset.ready = "elsewhere";
    navigator.locks.request(LOCK, goOn).catch(yieldTo);
  }

  function goOn() {
    standsBy = false;
    trouble("");
    work();
    return forEver();
  }

  function changed(what, detail) {
    if (standsBy) return null;
    if (what === "lost") return lost();
    if (what === "busy") Jaidee.queueScreen.heard({ sentence: say("asking_office") });
    if (what === "idle" || what === "sending") Jaidee.queueScreen.heard(detail);
    // Many records are told of in a row; the screen follows a few times a second.
    if (what !== "kept" && what !== "photo") soon ||= setTimeout(follow, SOON_MS);
    return null;
  }

  function follow() {
    soon = 0;
    if (document.activeElement?.matches("input, textarea, select")) Jaidee.screens.frame();
    else Jaidee.screens.follow();
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

  /** Read everything that is kept, draw the screen, and send what waits; called again after another window worked. */
  async function work() {
    try {
      await Jaidee.store.open(LOCK, lost);
      if (standsBy) return Jaidee.store.close();
      const kept = await Jaidee.store.get("settings", "language");
      if (!asked && kept) Jaidee.words.use(kept.value);
      await Jaidee.notes.begin(kit, changed);
      // The first screen may be that of the queue, which asks who sends.
      await Jaidee.sync.begin(kit, changed);
    } catch {
      // A private window, or a phone without room: typing here would be lost, so nothing is asked.
      return lost();
    }
    if (standsBy) return Jaidee.sync.stop();
    delete document.documentElement.dataset.ready;
    if (isDrawn) Jaidee.screens.again();
    else draw();
    document.documentElement.dataset.ready = "yes";
    return null;
  }

  function draw() {
    isDrawn = true;
    document.getElementById("demonstration").hidden = !packed.demonstration;
    for (const screen of [Jaidee.place, Jaidee.listScreen, Jaidee.siteScreen, Jaidee.elementScreen, Jaidee.queueScreen]) screen.begin(kit);
    Jaidee.screens.begin();
    document.getElementById("language").addEventListener("click", () => speak(Jaidee.words.language() === "th" ? "en" : "th"));
    document.getElementById("skip").addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector("#screen h1").focus();
    });
    for (const event of ["online", "offline"]) addEventListener(event, () => changed("network"));
  }

  takeOver();
  await work();
  kit.stays = await Jaidee.store.askToStay();
  await install().catch(() => {});
})();
