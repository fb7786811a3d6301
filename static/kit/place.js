/**
 * Ask first whether the site is where the register has it, and take the position with its accuracy and time.
 *
 * begin(kit)                          -> takes the limits of the office
 * question(kit, site, draft, changed) -> node; changed() is called after every answer
 * reasonAgainst(site, draft)          -> why the visit cannot be finished, or ""
 */
Jaidee.place = (() => {
  "use strict";

  let limits = null;
  const ANSWERS = { here: "place_here", moved: "place_moved", not_found: "place_not_found" };

  function begin(kit) {
    ({ limits } = kit);
  }

  function question(kit, site, draft, changed) {
    const { make } = Jaidee.dom;
    const { say, number } = Jaidee.words;
    const told = make("p", { class: "small", role: "status", id: "fix_told" });
    const doubts = make("div", { role: "alert", id: "fix_doubts" });
    const tell = () => {
      if (draft.fix.latitude !== undefined) told.textContent = noted(site, draft).join(" · ");
      doubts.replaceChildren(...doubtsOf(site, draft).map((sentence) => make("p", { class: "wrong" }, sentence)));
      if (isToConfirm(site, draft)) doubts.append(...confirmation());
    };
    const confirmation = () => {
      const confirm = async (event) => {
        draft.place_confirmed = event.target.checked;
        await Jaidee.notes.keep(draft);
      };
      const box = make("input", { type: "checkbox", id: "place_confirmed", checked: draft.place_confirmed, on: { change: confirm } });
      return [
        make("p", { class: "unusual" }, say("made_away", { metres: number(away(site, draft), 0), code: site.code })),
        make("label", { class: "check" }, box, say("yes_here", { code: site.code })),
      ];
    };
    const answer = async (value) => {
      Object.assign(draft, { place: value, place_confirmed: false });
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
      Object.assign(draft, { fix, located_at, place_confirmed: false });
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

  /** Whether to ask about a position away from the site, which its own visit would confirm in the register. */
  function isToConfirm(site, draft) {
    const { latitude, longitude, accuracy_m: accuracy } = draft.fix;
    const isSure = draft.place === "here" || site.position_status === "confirmed";
    if (latitude === undefined || site.lat === null || !isSure || ["moved", "not_found"].includes(draft.place)) return false;
    const before = Jaidee.notes.records.get(draft.supersedes)?.sheet;
    if (before && before.place === draft.place && before.fix.latitude === latitude && before.fix.longitude === longitude) return false;
    const reach = limits.reach_m + (site.accuracy_m || 0) + Math.min(accuracy || 0, limits.worst_accuracy_m);
    return reach < away(site, draft) && away(site, draft) <= limits.far_m;
  }

  /** Return what makes the position doubtful; the office holds a record whose position cannot be. */
  function doubtsOf(site, draft) {
    const { say, number } = Jaidee.words;
    const { latitude, longitude, accuracy_m: accuracy } = draft.fix;
    if (latitude === undefined) return draft.place === "moved" ? [say("position_needed")] : [];
    if (Math.max(Math.abs(latitude), Math.abs(longitude)) < limits.null_island_degrees) return [say("position_nowhere")];
    const coarse = draft.place === "moved" ? limits.coarse_move_m : limits.coarse_m;
    const doubts = accuracy > coarse ? [say("position_coarse", { metres: number(accuracy, 0) })] : [];
    if (site.lat !== null && away(site, draft) > limits.far_m) doubts.push(say("position_far", { metres: number(away(site, draft), 0) }));
    return doubts;
  }

  function reasonAgainst(site, draft) {
    const { say } = Jaidee.words;
    if (isToConfirm(site, draft) && !draft.place_confirmed) return say("confirm_place");
    if (draft.place !== "moved") return "";
    if (draft.fix.latitude === undefined) return say("position_needed");
    return draft.fix.accuracy_m > limits.coarse_move_m ? say("position_coarse", { metres: Jaidee.words.number(draft.fix.accuracy_m, 0) }) : "";
  }

  return Object.freeze({ begin, question, reasonAgainst });
})();
