/**
 * Ask first whether the site is where the register has it, and take the position with its accuracy and time.
 *
 * question(kit, site, draft, changed) -> node; changed() is called after every answer
 * reasonAgainst(draft)                -> why the visit cannot be finished, or ""
 */
Jaidee.place = (() => {
  "use strict";

  // As audits/store/surveys/submit.py and audits/field/position_checks.py have them.
  const [COARSE_M, FAR_M, NULL_ISLAND_DEGREES] = [50, 2000, 0.01];
  const ANSWERS = { here: "place_here", moved: "place_moved", not_found: "place_not_found" };

  function question(kit, site, draft, changed) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const told = make("p", { class: "small", role: "status", id: "fix_told" });
    const doubts = make("div", { role: "alert", id: "fix_doubts" });
    const tell = () => {
      if (draft.fix.latitude !== undefined) told.textContent = noted(site, draft).join(" · ");
      doubts.replaceChildren(...doubtsOf(site, draft).map((sentence) => make("p", { class: "wrong" }, sentence)));
    };
    const answer = async (value) => {
      draft.place = value;
      await Jaidee.notes.keep(draft);
      tell();
      changed();
    };
    const locate = async () => {
      const found = await Jaidee.position.ask(told);
      if (!found) return;
      const { located_at, ...fix } = found;
      // Whoever stands there again makes the visit of a correction anew.
      if (draft.supersedes) draft.observed_at = located_at;
      Object.assign(draft, { fix, located_at });
      await Jaidee.notes.keep(draft);
      tell();
      changed();
    };
    const radios = Object.entries(ANSWERS).map(([value, words]) =>
      make(
        "label",
        { class: "check" },
        make("input", {
          ...{ type: "radio", name: "place", value, id: `place_${value}`, checked: draft.place === value },
          on: { change: () => answer(value) },
        }),
        say(words),
      ),
    );
    tell();
    const button = make("button", { type: "button", id: "fix", on: { click: locate } }, say("note_position"));
    return make("fieldset", { id: "place" }, make("legend", {}, say("place_asked")), ...radios, button, told, doubts);
  }

  function noted(site, draft) {
    const { say, number, day } = Jaidee.words;
    const { accuracy_m: accuracy } = draft.fix;
    const parts = accuracy === undefined ? [] : [say("position_noted", { metres: number(accuracy, 0) })];
    if (draft.located_at) parts.push(day(draft.located_at));
    if (site.lat !== null) parts.push(say("from_register", { metres: number(away(site, draft), 0) }));
    return parts;
  }

  const away = (site, draft) =>
    Jaidee.map.metresBetween({ lat: draft.fix.latitude, lon: draft.fix.longitude }, site);

  /** Return what makes the position doubtful; the office holds a record whose position cannot be. */
  function doubtsOf(site, draft) {
    const { say, number } = Jaidee.words;
    const { latitude, longitude, accuracy_m: accuracy } = draft.fix;
    if (latitude === undefined) return draft.place === "moved" ? [say("position_needed")] : [];
    if (Math.max(Math.abs(latitude), Math.abs(longitude)) < NULL_ISLAND_DEGREES) return [say("position_nowhere")];
    const doubts = accuracy > COARSE_M ? [say("position_coarse", { metres: number(accuracy, 0) })] : [];
    if (site.lat !== null && away(site, draft) > FAR_M) doubts.push(say("position_far", { metres: number(away(site, draft), 0) }));
    return doubts;
  }

  function reasonAgainst(draft) {
    const { say } = Jaidee.words;
    if (draft.place !== "moved") return "";
    if (draft.fix.latitude === undefined) return say("position_needed");
    return draft.fix.accuracy_m > COARSE_M ? say("position_coarse", { metres: Jaidee.words.number(draft.fix.accuracy_m, 0) }) : "";
  }

  return Object.freeze({ question, reasonAgainst });
})();
