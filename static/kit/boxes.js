/** Draw the two boxes that the screens of a site share: units and instruments, and why a survey came back. */
Jaidee.boxes = (() => {
  "use strict";

  /** Ask for units and instruments: folded, for they stay from site to site. */
  function units(kit, draft, onChange = () => {}) {
    const { make } = Jaidee.dom;
    const { say, name, number, unitName } = Jaidee.words;
    const keep = () => {
      Jaidee.notes.keep(draft);
      onChange();
    };
    const choose = (key, value) => {
      Jaidee.notes.setUnit(draft, key, value);
      onChange();
    };

    function choice(key, label, options) {
      const radios = options.map(([value, text]) =>
        make(
          "label",
          { class: "check" },
          make("input", {
            ...{ type: "radio", name: key, value, id: `${key}_${value}`, checked: draft[key] === value },
            on: {
              change: () => choose(key, value),
            },
          }),
          text,
        ),
      );
      return make("fieldset", {}, make("legend", {}, label), ...radios);
    }

    function instrument(unit, label) {
      const own = Object.entries(kit.book.instruments).filter(([, one]) => one.unit === unit);
      const names = own.map(([id, one]) => [id, `${name(one.name)} (± ${number(one.uncertainty, 1)} ${unitName(unit)})`]);
      names.unshift(["", say("usual_instrument")]);
      for (const [id, device] of Object.entries(kit.devices)) {
        const kind = kit.book.instruments[id.split("/")[0]];
        if (kind?.unit !== unit) continue;
        const told = { instrument: name(kind.name), code: id.split("/")[1], uncertainty: number(device.uncertainty, 2) };
        names.push([id, say("calibrated_device", { ...told, day: device.valid_until })]);
      }
      const select = make(
        "select",
        {
          id: `instrument_${unit}`,
          on: {
            change: (event) => {
              if (event.target.value) draft.instruments[unit] = event.target.value;
              else delete draft.instruments[unit];
              keep();
            },
          },
        },
        ...names.map(([id, text]) => make("option", { value: id, selected: (draft.instruments[unit] || "") === id }, text)),
      );
      return make("div", { class: "field" }, make("label", { for: `instrument_${unit}` }, label), select);
    }

    const own = kit.book.formUnits.length;
    const named = { cm: say("centimetres"), mm: say("millimetres"), m: say("metres") };
    const lengths = Object.entries(named).filter(([unit]) => unit !== "m" || own === "m");
    return make(
      "details",
      {},
      make("summary", {}, say("units_and_instruments")),
      choice("length_unit", say("lengths_in"), lengths),
      instrument("percent", say("slopes_measured_with")),
      instrument("mm", say("lengths_measured_with")),
    );
  }

  /** Say why an engineer returned the survey that this draft mends; each note leads to its answer. */
  function returned(kit, draft) {
    return draft.notes ? why(kit, draft.notes, draft.site_code) : null;
  }

  /** Say why a survey came back: on the whole, and on each answer, as links where its draft is open at `siteCode`. */
  function why(kit, review, siteCode = "") {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const { by, answers } = review;
    const items = Object.keys(answers || {}).map((place) => {
      const [element, quantity] = place.split("|");
      const text = `${kit.placeName(place)}: ${Jaidee.notes.noteText(review, place)}`;
      return make("li", {}, siteCode ? make("a", { href: Jaidee.screens.siteAddress(siteCode, element, quantity), class: "back" }, text) : text);
    });
    const note = Jaidee.notes.noteText(review, "");
    const head = note ? say("returned_by", { who: by || "", note }) : say("returned_by_whom", { who: by || "" });
    return make(
      "div",
      { class: "note", role: "note" },
      make("p", {}, make("strong", {}, head)),
      items.length ? make("ul", {}, ...items) : null,
    );
  }

  return Object.freeze({ units, returned, why });
})();
