/**
 * Keep the surveys of this device: a draft for each site, finished records in a queue, nothing typed ever lost.
 *
 * A draft has the fields of audits/field/answer_sheet.py and root_id, version, correction, notes. A record is
 * {survey_id, root_id, version, site_code, text, sheet, finished_at, state, number, problems, missing, review, ...}; its
 * `text` is the JSON that is sent, byte for byte, and never changes: a later edit makes a record of its own.
 *
 * States: phone (only here), sent (no answer yet), accepted, held (an engineer looks), returned, dismissed, refused,
 * replaced (edited before it was accepted; not sent any more).
 */
Jaidee.notes = (() => {
  "use strict";

  const FORM = 1;
  // The unit of lengths is the municipality's at every site: one changed for a visit must not go on unseen.
  const HABITS = ["surveyor", "slope_unit", "slopes_by_rise", "instruments"];
  const SHEET = [
    ...["survey_id", "site_code", "surveyor", "note", "answers", "added", "photos", "fix", "length_unit"],
    ...["slope_unit", "instruments", "supersedes", "observed_at", "place", "located_at", "place_confirmed"],
  ];
  const drafts = new Map();
  const records = new Map();
  const facts = new Map();
  let [kit, habits, onChange] = [null, {}, () => {}];

  async function begin(opened, changed) {
    [kit, onChange] = [opened, changed];
    const { all, get } = Jaidee.store;
    fillUp(drafts, await all("drafts"), "site_code");
    fillUp(records, await all("records"), "survey_id");
    fillUp(facts, await all("photo_facts"), "sha256");
    const kept = ((await get("settings", "habits")) || {}).value || {};
    const fresh = { slope_unit: "percent", slopes_by_rise: false, instruments: {}, surveyor: "" };
    habits = Object.fromEntries(HABITS.map((name) => [name, kept[name] ?? fresh[name]]));
  }

  /** Begin surveys in the name of the account; a name typed over it stays until another account signs in. */
  async function signedInAs(name) {
    const { value } = (await Jaidee.store.get("settings", "account")) || {};
    if (value === name) return;
    habits.surveyor = name;
    await Jaidee.store.change(["settings"], (of) => {
      of("settings").put({ name: "account", value: name });
      of("settings").put({ name: "habits", value: habits });
    });
  }

  function fillUp(map, rows, key) {
    map.clear();
    for (const row of rows) map.set(row[key], row);
  }

  /** Return a random id in the form that ODK uses too; randomUUID is missing on plain http:// addresses. */
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
  }

  // ---- drafts ----------------------------------------------------------------------------------------------------

  /** Return the draft of a site; a new one is kept with its first answer only. */
  function draftOf(siteCode) {
    return drafts.get(siteCode) || blank(siteCode);
  }

  function blank(siteCode) {
    const empty = { note: "", answers: {}, added: [], photos: [], fix: {}, supersedes: "", observed_at: "" };
    Object.assign(empty, { place: "", located_at: "", place_confirmed: false });
    const id = newId();
    const length_unit = kit.book.formUnits.length;
    return { ...structuredClone(habits), length_unit, ...empty, survey_id: id, root_id: id, version: 1, site_code: siteCode };
  }

  /** Write a draft to the disk; called for every keystroke. */
  function keep(draft) {
    draft.observed_at ||= new Date().toISOString();
    drafts.set(draft.site_code, draft);
    // A correction has the instruments of who measured then.
    const kept = Object.fromEntries(HABITS.map((name) => [name, (draft.supersedes ? habits : draft)[name]]));
    const changed = HABITS.some((name) => JSON.stringify(habits[name]) !== JSON.stringify(kept[name]));
    habits = structuredClone(kept);
    return Jaidee.store
      .change(changed ? ["drafts", "settings"] : ["drafts"], (of) => {
        of("drafts").put(draft);
        if (changed) of("settings").put({ name: "habits", value: habits });
      })
      .then(() => onChange("kept"), (reason) => onChange("lost", reason));
  }

  async function discard(draft) {
    await Jaidee.store.change(["drafts"], (of) => of("drafts").delete(draft.site_code));
    drafts.delete(draft.site_code);
  }

  const answerOf = (draft, elementId, quantity) => draft.answers[elementId]?.[quantity] || { texts: [], reason: "" };

  function setAnswer(draft, elementId, quantity, answer) {
    (draft.answers[elementId] ??= {})[quantity] = answer;
    return keep(draft);
  }

  const isAnswered = ({ texts, reason }) => texts.length > 0 || Boolean(reason);

  /** Return the quantities answered in a draft that the criteria have no more; what is sent leaves them out. */
  function noLongerAsked(draft) {
    const given = Object.values(draft.answers).flatMap((each) => Object.entries(each));
    return [...new Set(given.filter(([id, one]) => !kit.book.quantities[id] && isAnswered(one)).map(([id]) => id))].sort();
  }

  /** Return the answers of a draft about what the criteria ask, by element and quantity. */
  function stillAsked(answers) {
    const asked = (each) => Object.fromEntries(Object.entries(each).filter(([id]) => kit.book.quantities[id]));
    return Object.fromEntries(Object.entries(answers).map(([element, each]) => [element, asked(each)]));
  }

  /** Return the elements of a site, those of the register and those the surveyor added. */
  function elementsOf(site, draft) {
    const added = draft.added.map((one) => ({ id: one.element_id, kind: one.kind, label: one.label, permitted_on: "" }));
    return [...site.elements, ...added.filter((one) => !site.elements.some((known) => known.id === one.id))];
  }

  function addElement(site, draft, kind, label) {
    // a retired thing keeps its number: a new one by it would be taken for the old one, and count no more
    const mine = elementsOf(site, draft).filter((one) => one.kind === kind);
    const highest = Math.max(site.retired?.[kind] || 0, ...mine.map((one) => Number(one.id.split(".").pop()) || 0));
    const elementId = `${site.code}.${kind}.${highest + 1}`;
    draft.added.push({ element_id: elementId, kind, label: label.trim() });
    setAnswer(draft, elementId, "element_present", { texts: ["yes"], reason: "" });
    return elementId;
  }

  const unitsOf = (draft) => ({ length: draft.length_unit, slope: draft.slope_unit });

  /**
   * Choose another unit of bare figures. What was typed before keeps its own, all but the answer about which the unit
   * is asked: that one takes the new unit.
   */
  function setUnit(draft, key, unit, { elementId = "", quantity = "" } = {}) {
    const units = unitsOf(draft);
    for (const [element, answers] of Object.entries(draft.answers)) {
      for (const [id, answer] of Object.entries(answers)) {
        const of = kit.book.quantities[id]?.unit;
        const concerns = (key === "slope_unit") === (of === "percent");
        if (!of || !concerns || (element === elementId && id === quantity)) continue;
        answer.texts = answer.texts.map((text) => Jaidee.cells.withUnit(text, of, units));
      }
    }
    draft[key] = unit;
    return keep(draft);
  }

  /** Choose how slopes are written in this visit and the next ones; `about` is the answer that takes the new unit. */
  function setNotation(draft, notation, about) {
    draft.slopes_by_rise = notation === "rise_and_length";
    return draft.slopes_by_rise ? keep(draft) : setUnit(draft, "slope_unit", notation, about);
  }

  /** Return what one element's answers say so far: {rules, measurements, problems, unusual, readings}. */
  function understood(site, draft, element) {
    const { readings, rulesFor } = Jaidee.judge;
    const { read } = Jaidee.answers;
    const units = unitsOf(draft);
    const calibrated = Object.fromEntries(Object.entries(kit.devices).map(([id, one]) => [id, one.uncertainty]));
    const found = read(kit.book, draft.answers[element.id] || {}, units, draft.instruments, calibrated);
    const rules = rulesFor(kit.book, element.kind, site.setting, element.permitted_on);
    const measured = readings(found.measurements, kit.book.quantities);
    const contradictory = Jaidee.contradictions.found(kit.rules.contradictions, kit.book.quantities, measured);
    return { rules, ...found, problems: { ...contradictory, ...found.problems }, readings: measured };
  }

  /** Return what a correction may change, without the answers that are empty. */
  function contentOf({ answers, photos, note, instruments, place }) {
    const given = Object.entries(answers).map(([element, each]) => [element, Object.entries(each).filter(([, one]) => isAnswered(one)).sort()]);
    return JSON.stringify([given.filter(([, each]) => each.length).sort(), photos, note, instruments, place === "here" ? "" : place]);
  }

  const isUnchanged = (draft) => Boolean(draft.opened) && draft.opened === contentOf(draft);

  const noteAt = (review, place) => (place ? review.answers?.[place] : review.note) || "";

  /** Whether a return asks for a photo of a place: as it says, or by the words of one made before it could say. */
  function asksForPhoto(review, place) {
    if (review.photos) return review.photos.includes(place);
    return new RegExp(kit.limits.photo_words, "i").test(noteAt(review, place));
  }

  /** Return what an engineer noted on a place, and that it is to be photographed again. */
  function noteText(review, place) {
    const again = review.photos?.includes(place) ? Jaidee.words.say("photograph_again") : "";
    return [noteAt(review, place), again].filter(Boolean).join(" · ");
  }

  /** Whether a new photo shows what a note is about; one of the whole thing, or of the whole site, does. */
  function isPhotographed(draft, place) {
    const before = new Set(records.get(draft.supersedes).sheet.photos.map((photo) => photo.sha256));
    const [element, quantity] = place.split("|");
    const shows = (photo) => !place || (["", element].includes(photo.element_id) && ["", quantity].includes(photo.quantity));
    return draft.photos.some((photo) => !before.has(photo.sha256) && shows(photo));
  }

  /** Return the places of an engineer's notes, "element|quantity", whose answer is as it was, with no new photo either. */
  function unansweredNotes(draft) {
    const before = records.get(draft.supersedes)?.sheet;
    const given = (sheet, place) => {
      const { texts, reason } = answerOf(sheet, ...place.split("|"));
      return JSON.stringify([texts, reason]);
    };
    // What is asked to be photographed is not asked to be measured again.
    const isOpen = (place) => given(draft, place) === given(before, place) && !asksForPhoto(draft.notes, place) && !isPhotographed(draft, place);
    return before ? Object.keys(draft.notes?.answers || {}).filter(isOpen) : [];
  }

  /** Return the places whose photo an engineer asked for and that have none yet; the whole survey is "". */
  function missingPhotos(draft) {
    if (!draft.notes || !records.get(draft.supersedes)) return [];
    const places = ["", ...Object.keys(draft.notes.answers || {})];
    return places.filter((place) => asksForPhoto(draft.notes, place) && !isPhotographed(draft, place));
  }

  /** Return what fails at one element, [{quantity, rule}]; what is still to mend is judged once it is mended. */
  function failing({ rules, readings, problems }) {
    return Object.entries(Jaidee.judge.live(rules, readings, kit.book.quantities))
      .filter(([quantity]) => !problems[quantity])
      .flatMap(([quantity, found]) => found.filter((one) => one.verdict === "fail").map(({ rule }) => ({ quantity, rule })));
  }

  /** Return the places of answers that fail and that no photo shows, nor one of their element; of a correction, those it changes. */
  function unseenFailures(draft, { elements }) {
    const before = records.get(draft.supersedes)?.sheet;
    const given = (sheet, place) => JSON.stringify(answerOf(sheet, ...place).texts);
    const isSeen = ([element, quantity]) =>
      draft.photos.some((photo) => ["", element].includes(photo.element_id) && ["", quantity].includes(photo.quantity));
    const fails = (one) => [...new Set(failing(one).map(({ quantity }) => quantity))].map((quantity) => [one.element.id, quantity]);
    return elements.flatMap(fails).filter((place) => !isSeen(place) && !(before && given(before, place) === given(draft, place)));
  }

  /** Whether a returned survey goes out again as it was, and nothing was written about why. */
  function lacksReason(draft) {
    const before = draft.notes && records.get(draft.supersedes)?.sheet;
    const isAsItWas = () => isUnchanged(draft) || unansweredNotes(draft).length > 0 || missingPhotos(draft).length > 0;
    return Boolean(before) && draft.note.trim() === before.note.trim() && isAsItWas();
  }

  const isNearlyEmpty = ({ done, all }) => done < kit.limits.nearly_empty * all;

  /** Return the score that this visit alone would give, and what keeps it from being finished. */
  function standing(site, draft) {
    const elements = elementsOf(site, draft).map((element) => ({ element, ...understood(site, draft, element) }));
    const wrong = elements.filter((one) => Object.keys(one.problems).length).map((one) => one.element);
    const answered = elements.some((one) => one.measurements.length) || draft.photos.length > 0;
    const shown = new Set(draft.photos.map((photo) => photo.element_id));
    const isSurveyed = ({ element, measurements, problems }) => measurements.length || Object.keys(problems).length || shown.has(element.id);
    const surveyed = elements.filter(isSurveyed);
    const left = elements.filter((one) => !isSurveyed(one)).map((one) => one.element);
    const sums = { counts: counts(surveyed), needed: needed(elements), left };
    return { elements, wrong, answered, ...sums, interval: Jaidee.judge.interval(elements) };
  }

  /** Return how many questions elements have, and how many of them are answered. */
  function counts(elements) {
    const each = elements.map(progress);
    const sum = (key) => each.reduce((total, one) => total + one[key], 0);
    return { done: sum("done"), all: sum("all") };
  }

  /** Return how many questions the score of elements needs, and how many of them are answered. */
  function needed(elements) {
    const places = elements.flatMap(({ element, rules, readings, measurements }) => {
      const answered = new Set(measurements.map((one) => one.quantity));
      return Jaidee.judge.needed(kit.book, element.kind, rules, readings).map((id) => answered.has(id));
    });
    return { done: places.filter(Boolean).length, all: places.length };
  }

  /** Return of what understood() says of one element: questions answered, asked, and ruled out by the answers. */
  function progress({ element, rules, readings, measurements }) {
    const asked = Jaidee.judge.thatApply(kit.book, element.kind, rules, readings);
    const answered = new Set(measurements.map((one) => one.quantity));
    const out = Jaidee.judge.ruledOut(kit.book, element.kind, rules, readings).length;
    return { done: asked.filter((id) => answered.has(id)).length, all: asked.length, out };
  }

  /** Return the questions on which the price of an element rests and which nobody answered, neither before nor here. */
  function forPrice(element, found) {
    if (!element.unsized) return [];
    const answered = new Set(found.measurements.map((one) => one.quantity));
    const asked = Jaidee.judge.thatApply(kit.book, element.kind, found.rules, found.readings);
    return asked.filter((id) => kit.book.quantities[id].for_design && !answered.has(id));
  }

  /** Say how far the questions of one element are answered; a total that falls names what does not apply. */
  function progressText(found) {
    const { say } = Jaidee.words;
    const now = progress(found);
    return [say("questions_answered", now), now.out ? say("not_here", { n: now.out }) : ""].filter(Boolean).join(" · ");
  }

  // ---- records ---------------------------------------------------------------------------------------------------

  /** Make the draft a record in the queue; the same tap twice makes one record. */
  async function finish(draft) {
    // A draft of an earlier release has no word of the place.
    const whole = { place: "", located_at: "", place_confirmed: false, ...draft };
    const sheet = Object.fromEntries(SHEET.map((name) => [name, structuredClone(whole[name])]));
    const wanted = {
      ...sheet,
      answers: stillAsked(sheet.answers),
      jaidee_record: FORM,
      root_id: draft.root_id,
      version: draft.version,
      form_version: kit.book.version,
      workspace: kit.workspace,
      language: Jaidee.words.language(),
      finished_at: new Date().toISOString(),
    };
    const record = {
      survey_id: draft.survey_id,
      root_id: draft.root_id,
      version: draft.version,
      site_code: draft.site_code,
      sheet,
      text: JSON.stringify(wanted),
      finished_at: wanted.finished_at,
      state: "phone",
      number: 0,
      problems: [],
      missing: [],
    };
    // One that was accepted meanwhile stays as it is: this record then corrects it.
    const before = records.get(draft.replaces)?.number ? null : records.get(draft.replaces);
    // At once: what the office answers meanwhile must find it replaced.
    if (before) records.set(before.survey_id, { ...before, state: "replaced" });
    await Jaidee.store.change(["drafts", "records"], (of) => {
      of("records").put(record);
      if (before) of("records").put({ ...before, state: "replaced" });
      of("drafts").delete(draft.site_code);
    });
    drafts.delete(draft.site_code);
    records.set(record.survey_id, record);
    return record;
  }

  /** Begin a new version of a record: before it was accepted in its place, after that as a correction of it. */
  async function mend(record) {
    const known = record.state === "accepted" || record.state === "returned";
    const draft = {
      ...structuredClone(record.sheet),
      survey_id: newId(),
      root_id: record.root_id,
      version: record.version + 1,
      replaces: known ? "" : record.survey_id,
      supersedes: known ? record.survey_id : record.sheet.supersedes,
      notes: record.state === "returned" ? record.review : null,
      slopes_by_rise: habits.slopes_by_rise,
    };
    // Who corrects answers for the correction; the survey that it corrects keeps the name of who measured.
    if (known) draft.surveyor = habits.surveyor;
    draft.opened = contentOf(draft);
    await keep(draft);
    return draft;
  }

  /** Write what is known of a record now; `record` may be an older copy, and one that was replaced stays so. */
  async function tell(record, changes) {
    const now = records.get(record.survey_id) || record;
    const told = { ...now, ...changes, ...(now.state === "replaced" && { state: "replaced" }) };
    records.set(told.survey_id, told);
    await Jaidee.store.put("records", told);
    return told;
  }

  async function tellPhoto(sha256, changes) {
    const told = { ...facts.get(sha256), ...changes };
    facts.set(sha256, told);
    await Jaidee.store.put("photo_facts", told);
  }

  async function addPhoto(draft, file, elementId, quantity) {
    const kept = await Jaidee.photos.keep(file);
    if (!facts.has(kept.sha256) || facts.get(kept.sha256).state === "deleted") facts.set(kept.sha256, kept);
    else await tellPhoto(kept.sha256, { state: facts.get(kept.sha256).state });
    if (draft.photos.some((one) => one.sha256 === kept.sha256)) return { ...kept, again: true };
    draft.photos.push({ sha256: kept.sha256, element_id: elementId, quantity, caption: "", contains_person: false });
    await keep(draft);
    return kept;
  }

  /** Keep a survey that an engineer returned and that another device or the website sent, to be corrected here. */
  function receive({ sheet, ...record }) {
    const whole = { ...blank(record.site_code), ...sheet };
    const kept = Object.fromEntries(SHEET.map((name) => [name, whole[name]]));
    return tell({ ...record, sheet: kept, from_office: true, problems: [], missing: [] }, {});
  }

  const current = () => [...records.values()].filter((one) => one.state !== "replaced" && !one.from_office);

  /** Return what was returned to be corrected, whoever sent it, until a correction of it was finished here or is there. */
  function returned() {
    const mended = new Set(current().map((one) => one.sheet.supersedes));
    return [...records.values()].filter((one) => one.state === "returned" && !one.superseded && !mended.has(one.survey_id));
  }

  /** Return what has become of a site on this phone: none, draft, or the state of its last record. */
  function stateOf(siteCode) {
    if (drafts.has(siteCode) && !isUnchanged(drafts.get(siteCode))) return "draft";
    return lastOf(siteCode)?.state || "none";
  }

  /** Return the last record of a site on this phone. */
  function lastOf(siteCode) {
    const mine = [...current(), ...returned()].filter((one) => one.site_code === siteCode);
    return mine.sort((one, other) => one.finished_at.localeCompare(other.finished_at)).pop();
  }

  return Object.freeze({
    ...{ begin, signedInAs, drafts, records, facts, current, stateOf, lastOf, draftOf, keep, discard, answerOf, setAnswer },
    ...{ elementsOf, addElement, noLongerAsked, unitsOf, setUnit, setNotation, understood, standing, finish, mend },
    ...{ progressText, forPrice, isNearlyEmpty, isUnchanged, unansweredNotes, missingPhotos, failing, unseenFailures, lacksReason, noteText },
    ...{ tell, tellPhoto, addPhoto, receive, returned },
  });
})();
