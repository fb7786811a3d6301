/** Show what is on this phone and what the office has of it; send it, write it into a file, make room. */
Jaidee.queueScreen = (() => {
  "use strict";

  const LEAST_MEGABYTES = 0.1;
  let kit = null;
  let told = "";

  function begin(opened) {
    kit = opened;
    Jaidee.screens.add(/^\/queue$/, show);
  }

  function show() {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const order = (one, other) => other.finished_at.localeCompare(one.finished_at);
    const records = Jaidee.notes.current().sort(order);
    const back = new Set(Jaidee.notes.returned());
    const others = records.filter((record) => !back.has(record));
    const drafts = [...Jaidee.notes.drafts.values()].filter((one) => !Jaidee.notes.isUnchanged(one));
    const last = records.length && kit.siteOf(records[0].site_code);
    const body = [
      last ? Jaidee.siteScreen.next(last) : null,
      send(),
      Jaidee.listScreen.returned(),
      make("h2", {}, say("records_here", { n: others.length })),
      others.length ? make("ul", { class: "cards" }, ...others.map((record) => make("li", {}, card(record)))) : null,
      records.length ? null : make("p", {}, say("no_record_yet")),
      drafts.length ? make("h2", {}, say("drafts_open", { n: drafts.length })) : null,
      drafts.length ? make("ul", { class: "sites" }, ...drafts.map(draftRow)) : null,
      make("h2", {}, say("file_heading")),
      file(records),
      make("h2", {}, say("room_heading")),
      room(),
    ];
    return { title: say("queue"), body };
  }

  function draftRow(draft) {
    const { make } = Jaidee.dom;
    const site = kit.siteOf(draft.site_code);
    const text = site ? `${site.code} ${Jaidee.words.name(site)}` : draft.site_code;
    return make("li", {}, make("a", { href: Jaidee.screens.siteAddress(draft.site_code), class: "site" }, make("span", { class: "name" }, text)));
  }

  // ---- one record ------------------------------------------------------------------------------------------------

  function card(record) {
    const { make } = Jaidee.dom;
    const { say, name, day } = Jaidee.words;
    const site = kit.siteOf(record.site_code);
    const lines = [
      make("p", { class: "small" }, `${day(record.sheet.observed_at)} · ${record.sheet.surveyor}`),
      record.number ? make("p", {}, say("receipt", { number: record.number })) : null,
      isUnread(record) ? make("p", {}, say("engineer_next")) : null,
      record.review?.decision === "approved" ? make("p", {}, say("approved")) : null,
      record.superseded ? make("p", {}, say("corrected_since")) : null,
      record.state === "held" ? make("p", {}, say("held_means")) : null,
      notesOf(record),
      ...record.problems.map((sentence) => make("p", { class: "small" }, sentence)),
      photosLine(record),
      ...record.sheet.photos
        .flatMap((photo) => Jaidee.notes.facts.get(photo.sha256)?.problems || [])
        .map((sentence) => make("p", { class: "small" }, sentence)),
    ];
    return make(
      "article",
      { class: "record", "data-survey": record.survey_id, "data-state": record.state },
      make("h3", {}, `${record.site_code} ${site ? name(site) : ""}`.trim()),
      make("p", {}, Jaidee.screens.chip(record.state)),
      ...lines,
      mendButton(record),
    );
  }

  /** Whether the office has a survey and no engineer has decided on it yet. */
  function isUnread({ state, review, superseded }) {
    return state === "accepted" && !superseded && !["approved", "returned"].includes(review?.decision);
  }

  /** Return what the engineer wrote, where the eye is. */
  function notesOf({ state, review }) {
    if (state === "returned" && review) return Jaidee.boxes.why(kit, review);
    return review?.note ? Jaidee.dom.make("p", { class: "note" }, Jaidee.words.say("engineer_says", { note: review.note })) : null;
  }

  function photosLine(record) {
    const { say } = Jaidee.words;
    const all = record.sheet.photos.length;
    if (!all) return null;
    const there = record.sheet.photos.filter((one) => Jaidee.notes.facts.get(one.sha256)?.state !== "here").length;
    return Jaidee.dom.make("p", { class: "small" }, say("photos_sent", { done: there, all }));
  }

  function mendButton(record) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    if (record.state === "replaced" || record.superseded) return null;
    const mend = async () => {
      if (!Jaidee.notes.drafts.has(record.site_code)) await Jaidee.notes.mend(record);
      location.hash = Jaidee.screens.siteAddress(record.site_code);
    };
    const open = Jaidee.notes.drafts.has(record.site_code);
    const text = open ? "open_the_draft" : record.state === "returned" ? "begin_correction" : "change_it";
    return make("button", { type: "button", class: "quiet", on: { click: mend } }, say(text));
  }

  // ---- sending ---------------------------------------------------------------------------------------------------

  function send() {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const status = make("p", { role: "status", id: "sync_told" }, told);
    if (!Jaidee.sync.address()) return make("div", { class: "send" }, make("p", {}, say("no_address")), status);
    if (Jaidee.sync.mustSignIn()) return make("div", { class: "send" }, status, signIn());
    const button = make("button", { type: "button", class: "main", id: "sync", on: { click: run } }, say("send_now"));
    button.disabled = Jaidee.sync.busy();
    const account = Jaidee.sync.account();
    const forget = async () => {
      await Jaidee.sync.forget();
      told = "";
      Jaidee.screens.again();
    };
    return make(
      "div",
      { class: "send" },
      button,
      status,
      make("p", { class: "small", id: "sender" }, sender()),
      account || !Jaidee.sync.signedIn() ? null : Jaidee.dom.twice(say("forget_secret"), say("forget_secret_sure"), forget),
    );
  }

  /** Say in whose name surveys are sent; without a network nobody is asked who that is. */
  function sender() {
    const { say } = Jaidee.words;
    const [name, last] = [Jaidee.sync.signedIn(), Jaidee.sync.lastSignedIn()];
    if (name) return say(Jaidee.sync.account() ? "signed_in_as" : "sends_as", { name });
    return [last ? say("last_signed_in_as", { name: last }) : "", say("sign_in_to_send")].filter(Boolean).join(" ");
  }

  async function run() {
    const answer = await Jaidee.sync.run();
    if (answer.outcome === "login") await Jaidee.sync.forget();
    if (Jaidee.screens.path() === "/queue") Jaidee.screens.follow();
  }

  /** Remember what the last try to send came to, asked for or not. */
  function heard(answer) {
    told = answer ? answer.sentence : "";
  }

  function signIn() {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const name = make("input", { id: "login_name", type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: "false" });
    const secret = make("input", { id: "login_secret", type: "password", autocomplete: "current-password" });
    const enter = async (event) => {
      event.preventDefault();
      if (!name.value.trim() || !secret.value.trim()) return;
      await Jaidee.sync.remember(name.value.trim(), secret.value.trim());
      await run();
    };
    return make(
      "form",
      { on: { submit: enter } },
      make("p", {}, say("sign_in_hint")),
      make("div", { class: "field" }, make("label", { for: "login_name" }, say("login_name")), name),
      make("div", { class: "field" }, make("label", { for: "login_secret" }, say("login_secret")), secret),
      make("button", { type: "submit", class: "main", id: "login" }, say("sign_in_and_send")),
    );
  }

  // ---- a file, and room ------------------------------------------------------------------------------------------

  function file(records) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const status = make("p", { role: "status", id: "file_told" });
    const every = make("input", { type: "checkbox", id: "every" });
    const write = async () => {
      const chosen = records.filter((one) => every.checked || !one.number || one.missing.length);
      if (!chosen.length) return (status.textContent = say("nothing_for_file"));
      status.textContent = say("writing_file");
      const made = await Jaidee.bundle.whole(kit, chosen.reverse());
      const address = URL.createObjectURL(made.blob);
      make("a", { href: address, download: made.name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 600_000);
      const megabytes = megabytesOf(made.blob.size);
      status.textContent = say("file_written", { file: made.name, records: made.records, photos: made.photos, megabytes });
      if (made.absent) status.textContent += ` ${say("photos_absent", { n: made.absent })}`;
      return null;
    };
    return make(
      "div",
      {},
      make("p", { class: "small" }, say("file_means")),
      make("label", { class: "check" }, every, say("file_every")),
      make("button", { type: "button", id: "write_file", on: { click: write } }, say("write_file")),
      status,
    );
  }

  /** Return the photos that only accepted records use, and that the office took. */
  function spare() {
    const needed = new Set();
    for (const draft of Jaidee.notes.drafts.values()) draft.photos.forEach((photo) => needed.add(photo.sha256));
    for (const record of Jaidee.notes.records.values()) {
      if (record.state !== "replaced" && !(record.number && !record.missing.length)) {
        record.sheet.photos.forEach((photo) => needed.add(photo.sha256));
      }
    }
    return [...Jaidee.notes.facts.values()].filter((one) => one.state === "sent" && !needed.has(one.sha256));
  }

  // what is there is never 0 MB
  const megabytesOf = (bytes) => Jaidee.words.number(Math.max(bytes / 1e6, LEAST_MEGABYTES));

  function room() {
    const { make, twice } = Jaidee.dom;
    const { say } = Jaidee.words;
    const status = make("p", { role: "status", id: "room_told" });
    const safe = make("p", { class: "small" }, say(kit.stays ? "kept_for_good" : "may_be_cleared"));
    const photos = spare();
    const megabytes = megabytesOf(photos.reduce((sum, one) => sum + one.bytes, 0));
    const act = async () => {
      try {
        const there = await Jaidee.sync.confirmed(photos.map((one) => one.sha256));
        for (const sha256 of there) {
          await Jaidee.store.change(["photos"], (of) => of("photos").delete(sha256));
          await Jaidee.notes.tellPhoto(sha256, { state: "deleted" });
        }
        Jaidee.screens.again();
        document.getElementById("room_told").textContent = say("room_made", { n: there.length });
      } catch (fault) {
        status.textContent = fault.message;
      }
    };
    const button = photos.length && Jaidee.sync.signedIn()
      ? twice(say("make_room", { n: photos.length, megabytes }), say("make_room_sure"), act)
      : make("p", { class: "small" }, say("no_room_to_make"));
    return make("div", {}, safe, button, status);
  }

  return Object.freeze({ begin, card, heard });
})();
