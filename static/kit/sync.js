/**
 * Send the queue to the office when there is a network, photos first; believe only what the office answers.
 *
 * begin(kit, changed)   -> starts with the page, and again after stop(); a try that fails comes again by itself
 * stop()                -> asks the office nothing more; what this window remembers may be old
 * run()                 -> promise of {outcome, sentence}: done, offline, login, session, address, wait, error, elsewhere
 * isAway()              -> whether the last try did not reach the office
 * confirmed(hashes)     -> promise of those photos that the office says it has, asked now
 * remember(name, secret), forget(), address()
 * account()             -> the name of the account whose session this browser holds; empty from a file or without one
 * signedIn()            -> the name that records are sent in; empty while nobody is known
 * lastSignedIn()        -> the account that this phone last sent in, known without a network too
 * mustSignIn()          -> whether the office waits for a name and a password; never while it cannot be asked
 */
Jaidee.sync = (() => {
  "use strict";

  const [SHORT_MS, LONG_MS] = [30_000, 180_000];
  // Soon at first, as most outages are a corner of a street; then seldom, as each try costs battery.
  const [FIRST_DELAY_MS, LONGEST_DELAY_MS] = [5_000, 300_000];
  const [IDS_IN_ONE_QUESTION, NAMES_IN_ONE_QUESTION] = [40, 50];
  const TAKEN_IN = new Set(["accepted", "correction", "same"]);
  // Only the office's own page has the cookie of its session; a file has no origin that could send one.
  const served = location.protocol.startsWith("http");
  let [kit, changed, login, account, running, later, sending] = [null, () => {}, null, null, null, 0, false];
  // Whether the office answered that nobody is signed in, and the account that it named last.
  let [refused, last] = [false, ""];
  let again = false;
  let [stopped, listening, away, delay, nextTry] = [false, false, false, FIRST_DELAY_MS, null];

  class Stopped extends Error {
    constructor(outcome, sentence) {
      super(sentence);
      this.outcome = outcome;
    }
  }

  async function begin(opened, onChange) {
    [kit, changed] = [opened, onChange];
    login = ((await Jaidee.store.get("settings", "login")) || {}).value || null;
    last = ((await Jaidee.store.get("settings", "account")) || {}).value || "";
    stopped = false;
    if (!listening) {
      listening = true;
      addEventListener("online", atOnce);
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && atOnce());
    }
    atOnce();
  }

  function stop() {
    stopped = true;
    clearTimeout(later);
  }

  /** Find out whose session this browser holds; it ends after some hours, so every try to send asks anew. */
  async function meet() {
    const answer = await ask("me", { anonymous: true });
    if (answer.status >= 500) throw new Stopped("error", sentences(answer) || Jaidee.words.say("office_cannot"));
    [account, refused] = [answer.ok ? answer.said : null, !answer.ok];
    if (account) last = account.display_name;
    if (account) await Jaidee.notes.signedInAs(last);
    changed("account");
  }

  /** Try now, and soon again when it fails: the network is back, or the reader is. */
  function atOnce() {
    delay = FIRST_DELAY_MS;
    return quietly();
  }

  /** Try without being asked; whoever is not signed in is asked on the screen, not here. */
  async function quietly() {
    if (stopped || !address()) return;
    try {
      if (served && !login && !account) await meet();
      if (login || account) await run();
    } catch (reason) {
      if (reason instanceof Stopped) changed("idle", failed(reason));
    }
  }

  /** Say why a try failed and when the next one comes, each later than the one before. */
  function failed({ outcome, message }) {
    away = outcome === "offline";
    clearTimeout(later);
    nextTry = !["login", "session"].includes(outcome) && waits() ? new Date(Date.now() + delay) : null;
    if (nextTry) later = setTimeout(quietly, delay);
    delay = Math.min(2 * delay, LONGEST_DELAY_MS);
    const when = nextTry ? Jaidee.words.say("next_try", { time: Jaidee.words.time(nextTry) }) : "";
    return { outcome, sentence: [message, when].filter(Boolean).join(" ") };
  }

  /** Whether the office owes this phone an answer: on a survey, on what became of one, or on who is signed in. */
  function waits() {
    const isUndecided = (one) => one.state === "accepted" && !one.review?.decision;
    return (served && !login && !account) || toSend().length > 0 || Jaidee.notes.current().some(isUndecided);
  }

  /** Return where the office is: the server that gave this page, or the one written into the file. */
  function address() {
    if (served) return new URL("api/", location.href).href;
    return kit.address ? `${kit.address.replace(/\/+$/, "")}/field/api/` : "";
  }

  /** Whether to ask for a name and a password: only to send, so never while the office cannot be reached. */
  function mustSignIn() {
    return !login && !account && (served ? refused : navigator.onLine);
  }

  async function remember(name, secret) {
    login = { name, secret };
    await Jaidee.store.put("settings", { name: "login", value: login });
  }

  async function forget() {
    login = null;
    await Jaidee.store.change(["settings"], (of) => of("settings").delete("login"));
  }

  function basic() {
    const bytes = new TextEncoder().encode(`${login.name}:${login.secret}`);
    return `Basic ${btoa(String.fromCharCode(...bytes))}`;
  }

  /** Ask the office one thing; no cookie but its own, no cache, no other address. */
  async function ask(path, { method = "GET", body, type, patience = SHORT_MS, anonymous = false } = {}) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), patience);
    // The office compares clocks: a phone whose day is wrong dates its surveys wrongly.
    const shown = { "x-device-clock": new Date().toISOString() };
    const secret = anonymous || account ? {} : { authorization: basic() };
    const own = { ...secret, "accept-language": Jaidee.words.language(), ...shown };
    const headers = { ...own, ...(type ? { "content-type": type } : {}) };
    const credentials = served ? "same-origin" : "omit";
    const how = { method, body, headers, signal: stop.signal, credentials, cache: "no-store", redirect: "error" };
    try {
      const answer = await fetch(new URL(path, address()), how);
      return { status: answer.status, ok: answer.ok, said: await answer.json() };
    } catch {
      throw new Stopped("offline", Jaidee.words.say("no_network"));
    } finally {
      clearTimeout(clock);
    }
  }

  const sentences = ({ said }) => (said.problems || []).join(" ");

  function heard(answer) {
    if (answer.status === 401) refused = true;
    if (answer.status === 401 && account) {
      account = null;
      throw new Stopped("session", Jaidee.words.say("session_over"));
    }
    if (answer.status === 401) throw new Stopped("login", Jaidee.words.say("wrong_secret"));
    if (answer.status === 429) throw new Stopped("wait", sentences(answer));
    if (answer.status >= 500) throw new Stopped("error", sentences(answer) || Jaidee.words.say("office_cannot"));
    return answer;
  }

  function run() {
    if (stopped) return Promise.resolve({ outcome: "elsewhere", sentence: "" });
    // What was finished while others were sent goes right after them.
    again = Boolean(running);
    running ??= told();
    return running;
  }

  async function told() {
    sending = true;
    changed("busy");
    let answer = null;
    try {
      do {
        again = false;
        answer = await whole();
      } while (again && answer.outcome === "done");
      return answer;
    } finally {
      [running, sending] = [null, false];
      changed("idle", answer);
    }
  }

  async function whole() {
    const say = Jaidee.words.say;
    if (!address()) return { outcome: "address", sentence: say("no_address") };
    clearTimeout(later);
    nextTry = null;
    try {
      if (served) await meet();
      if (!login && !account && !mustSignIn()) throw new Stopped("offline", say("no_network"));
      if (!login && !account) return { outcome: "login", sentence: say("sign_in_first") };
      const waiting = toSend();
      for (const [place, record] of waiting.entries()) {
        changed("sending", { sentence: say("sending", { done: place, all: waiting.length }) });
        await sendRecord(record);
      }
      await askStates();
      await askReturned();
      const sentence = waiting.length ? say("all_sent") : say("nothing_to_send");
      await Jaidee.store.put("settings", { name: "synced_at", value: new Date().toISOString() });
      [away, delay] = [false, FIRST_DELAY_MS];
      return { outcome: "done", sentence };
    } catch (reason) {
      // The store is closed to a window that was stopped.
      if (stopped) return { outcome: "elsewhere", sentence: "" };
      if (!(reason instanceof Stopped)) throw reason;
      return failed(reason);
    }
  }

  /** Return what the office does not have yet: records without a receipt, those it holds, those with photos missing. */
  function toSend() {
    const open = (one) => ["phone", "sent", "held", "refused"].includes(one.state) || (one.number && one.missing.length);
    const order = (one, other) => one.finished_at.localeCompare(other.finished_at);
    return Jaidee.notes.current().filter(open).sort(order);
  }

  async function sendRecord({ survey_id, sheet }) {
    const now = () => Jaidee.notes.records.get(survey_id);
    const isReplaced = () => now().state === "replaced";
    // edited while it waited: another record goes in its place
    for (const photo of sheet.photos) if (!isReplaced()) await sendPhoto(photo.sha256);
    if (isReplaced()) return;
    const record = now();
    let told = record.number ? record : await Jaidee.notes.tell(record, { state: "sent" });
    let answer = null;
    try {
      answer = heard(await ask("surveys", { method: "POST", body: record.text, type: "application/json" }));
    } catch (reason) {
      // Only where the answer alone may have been lost is it still "sent".
      if (reason.outcome !== "offline" || !navigator.onLine) await Jaidee.notes.tell(told, { state: record.state });
      throw reason;
    }
    told = await Jaidee.notes.tell(told, afterAnswer(answer, told));
    // An office that went back to an older copy lacks photos that it had; they go again.
    for (const sha256 of told.missing) {
      if (Jaidee.notes.facts.get(sha256)?.state === "sent") await Jaidee.notes.tellPhoto(sha256, { state: "here" });
    }
    changed("told", told);
  }

  function afterAnswer({ ok, said }, record) {
    const problems = said.problems || [];
    if (!ok) return { state: "refused", problems };
    if (!TAKEN_IN.has(said.outcome)) return { state: "held", problems };
    const state = record.state === "returned" ? "returned" : "accepted";
    return { state, number: said.number, problems, missing: said.missing_photos || [] };
  }

  async function sendPhoto(sha256) {
    const facts = Jaidee.notes.facts.get(sha256);
    if (!facts || facts.state === "sent" || facts.state === "aside" || facts.state === "deleted") return;
    const kept = await Jaidee.store.get("photos", sha256);
    if (!kept) return;
    const type = kept.blob.type || "application/octet-stream";
    const answer = heard(await ask(`photos/${sha256}`, { method: "PUT", body: kept.blob, type, patience: LONG_MS }));
    // Kept aside: the office has the bytes and could not read a photo in them.
    const state = answer.ok ? (answer.said.outcome === "aside" ? "aside" : "sent") : "here";
    await Jaidee.notes.tellPhoto(sha256, { state, problems: answer.said.problems || [] });
    changed("photo");
  }

  /** Ask what the engineers decided on the records of this phone. */
  async function askStates() {
    const every = new Set([...Jaidee.notes.current(), ...Jaidee.notes.returned()]);
    const known = [...every].filter((one) => ["accepted", "returned", "held", "dismissed"].includes(one.state));
    for (let first = 0; first < known.length; first += IDS_IN_ONE_QUESTION) {
      const part = known.slice(first, first + IDS_IN_ONE_QUESTION);
      const ids = part.map((one) => encodeURIComponent(one.survey_id)).join(",");
      const answer = heard(await ask(`state?ids=${ids}`));
      for (const record of part) {
        const found = (answer.said.records || {})[record.survey_id];
        if (found) await take(record, found);
      }
    }
  }

  /** Take what came back to other devices and to the website: whoever is on the road corrects it. */
  async function askReturned() {
    const answer = heard(await ask("returned"));
    const fresh = (answer.said.records || []).filter((one) => kit.siteOf(one.site_code) && !Jaidee.notes.records.has(one.survey_id));
    for (const one of fresh) await Jaidee.notes.receive(one);
    if (fresh.length) changed("returned");
  }

  async function take(record, found) {
    const changes = {
      state: found.state === "unknown" ? "phone" : found.state,
      number: found.number || 0,
      missing: found.missing_photos || [],
      problems: found.problems || [],
      review: { decision: found.review, note: found.note, answers: found.answer_notes, photos: found.photos ?? null, by: found.reviewed_by },
      superseded: Boolean(found.superseded_by),
    };
    const same = Object.entries(changes).every(([key, value]) => JSON.stringify(record[key]) === JSON.stringify(value));
    if (!same) changed("told", await Jaidee.notes.tell(record, changes));
  }

  async function confirmed(hashes) {
    const there = [];
    for (let first = 0; first < hashes.length; first += NAMES_IN_ONE_QUESTION) {
      const part = hashes.slice(first, first + NAMES_IN_ONE_QUESTION);
      const answer = heard(await ask(`photos?names=${part.join(",")}`));
      there.push(...part.filter((sha256) => (answer.said.kept || []).includes(sha256)));
    }
    return there;
  }

  return Object.freeze({
    ...{ begin, stop, run, confirmed, remember, forget, address, mustSignIn, lastSignedIn: () => last, isAway: () => away },
    ...{ account: () => account?.name || "", signedIn: () => account?.display_name || login?.name || "", busy: () => sending },
  });
})();
