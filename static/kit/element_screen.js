/**
 * Ask the questions of one element, and say under each what its answer means while it is typed.
 *
 * The cards of all questions are made once and hidden while they do not apply: a field that is being typed into is never
 * drawn anew.
 */
Jaidee.elementScreen = (() => {
  "use strict";

  const [BY_RISE, ANSWERED] = ["rise_and_length", "● "];
  let kit = null;

  function begin(opened) {
    kit = opened;
    Jaidee.screens.add(/^\/site\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/, show);
  }

  function show(code, elementId, asked) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const site = kit.siteOf(code);
    const draft = site && Jaidee.notes.draftOf(code);
    const element = site && Jaidee.notes.elementsOf(site, draft).find((one) => one.id === elementId);
    if (!element) return { title: say("no_such_site", { code }), body: [make("a", { href: "#/" }, say("back_to_sites"))] };
    const sheet = { site, draft, element, cards: new Map(), relabel };
    const first = Jaidee.judge.weighty(Jaidee.notes.understood(site, draft, element).rules);
    const progress = make("span", { role: "status" }, "");
    const bar = make("progress", { "aria-label": say("progress"), value: "0", max: "1" });
    const score = make("p", { class: "score" });
    const mend = make("button", { type: "button", class: "grave", id: "to_mend", on: { click: () => jump(wrong[0]) } });
    let wrong = [];
    const priced = make("p", { id: "for_price", hidden: true });
    function showPriced(found) {
      const open = Jaidee.notes.forPrice(element, found);
      priced.hidden = !open.length;
      const links = open.map((id) => make("button", { type: "button", class: "quiet", on: { click: () => jump(id) } }, `${kit.forPrice(id)} ↓`));
      priced.replaceChildren(...links);
    }
    const themes = kit.book.kinds[element.kind].themes.map((theme) => themeOf(sheet, theme, first, update));
    function jump(quantity) {
      const card = sheet.cards.get(quantity)?.node;
      if (!card) return;
      card.closest("details").open = true;
      card.scrollIntoView();
      card.querySelector("input, select, button")?.focus({ preventScroll: true });
    }
    function update() {
      const found = Jaidee.notes.understood(site, draft, element);
      const live = Jaidee.judge.live(found.rules, found.readings, kit.book.quantities);
      const asked = new Set(Jaidee.judge.thatApply(kit.book, element.kind, found.rules, found.readings));
      const measured = new Set(found.measurements.filter((one) => one.value !== null).map((one) => one.quantity));
      const answered = new Set(found.measurements.map((one) => one.quantity));
      for (const [id, card] of sheet.cards) {
        // What has a problem stays in sight, whatever applies.
        card.node.hidden = !asked.has(id) && !found.problems[id];
        card.respond(found, live[id] || [], measured.has(id));
      }
      showPriced(found);
      for (const theme of themes) theme.count(asked, answered, found.problems, live);
      wrong = [...sheet.cards.keys()].filter((id) => found.problems[id]);
      mend.hidden = !wrong.length;
      mend.textContent = `${say("answers_to_mend", { n: wrong.length })} ↓`;
      const [done, all] = [[...asked].filter((id) => answered.has(id)).length, asked.size];
      progress.textContent = Jaidee.notes.progressText({ element, ...found });
      [bar.value, bar.max] = [done, Math.max(all, 1)];
      score.textContent = say("score_of_visit", { score: Jaidee.words.score(Jaidee.notes.standing(site, draft).interval) });
    }
    update();
    if (asked) setTimeout(() => jump(asked));
    const back = () => make("p", {}, make("a", { href: Jaidee.screens.siteAddress(code), class: "back" }, `← ${code} ${name(site)}`));
    const listed = make("details", { class: "progress" }, make("summary", {}, progress), make("ul", {}, ...themes.map(({ row }) => row)));
    const body = [
      ...[back(), Jaidee.boxes.returned(kit, draft), bar, mend, priced, listed],
      make("h2", { class: "unseen" }, say("questions")),
      ...themes.map(({ node }) => node),
      ...[score, Jaidee.boxes.units(kit, draft, relabel), make("h2", {}, say("photos"))],
      Jaidee.photoList.of(draft, element.id, "", kit.elementName(element)),
      back(),
    ];
    function relabel() {
      for (const card of sheet.cards.values()) card.relabel();
      update();
    }
    return { title: kit.elementName(element), body };
  }

  /** Fold the questions of one theme together, open where one of them is asked first: {node, row, count}. */
  function themeOf(sheet, theme, first, update) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const cards = theme.questions.map((id) => question(sheet, kit.book.quantities[id], update));
    theme.questions.forEach((id, place) => sheet.cards.set(id, cards[place]));
    const [there, here] = [make("span", { class: "count" }), make("span", { class: "count" })];
    const summary = make("summary", {}, make("h3", {}, name(theme.name)), here);
    const open = theme.questions.some((id) => first.has(id));
    const node = make("details", { class: "theme", open, "data-theme": theme.id }, summary, ...cards.map((card) => card.node));
    function go() {
      node.open = true;
      node.scrollIntoView();
      summary.focus({ preventScroll: true });
    }
    const row = make("li", {}, make("button", { type: "button", class: "quiet", on: { click: go } }, name(theme.name), there));
    function count(asked, answered, problems, live) {
      const mine = theme.questions.filter((id) => asked.has(id));
      const done = mine.filter((id) => answered.has(id)).length;
      const wrong = theme.questions.filter((id) => problems[id]).length;
      node.hidden = row.hidden = !mine.length && !wrong;
      const counted = say("done_of_all", { done, all: mine.length });
      // what is still to mend is judged once it is mended
      const isFailing = (id) => !problems[id] && (live[id] || []).some((one) => one.verdict === "fail");
      const failing = theme.questions.filter(isFailing).length;
      const fails = failing ? `${Jaidee.words.verdictSign("fail")} ${name(kit.book.verdicts.fail)}: ${failing}` : "";
      const mends = wrong ? say("answers_to_mend", { n: wrong }) : "";
      // The sign of a pass stands for what passes only.
      const sign = done === mine.length && !wrong ? ANSWERED : "";
      here.textContent = there.textContent = `${sign}${[counted, fails, mends].filter(Boolean).join(" · ")}`;
    }
    return { node, row, count };
  }

  function unitOf(draft, quantity) {
    if (quantity.unit === "percent") return { percent: "%", degrees: "°", one_in: "1 : n" }[draft.slope_unit];
    // The name of a count says already that it is one.
    if (quantity.unit === "count") return "";
    return Jaidee.words.unitName(quantity.unit === "mm" ? draft.length_unit : quantity.unit);
  }

  /** Make the card of one question: {node, respond, relabel}. */
  function question(sheet, quantity, update) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const { draft, element } = sheet;
    const id = `${element.id}_${quantity.id}`.replaceAll(".", "_");
    const response = make("div", { class: "response", role: "status", id: `${id}_response` });
    const reason = reasons(sheet, quantity, id, changed);
    const note = draft.notes ? Jaidee.notes.noteText(draft.notes, `${element.id}|${quantity.id}`) : "";
    const fields = quantity.kind === "yes_no" ? yesOrNo(sheet, quantity, id, changed) : figures(sheet, quantity, id, changed);
    function changed() {
      const texts = fields.texts();
      Jaidee.notes.setAnswer(draft, element.id, quantity.id, { texts, reason: texts.some((text) => text.trim()) ? "" : reason.value() });
      reason.node.hidden = texts.some((text) => text.trim());
      update();
    }
    reason.node.hidden = fields.texts().some((text) => text.trim());
    const how = name(quantity.how);
    const node = make(
      "section",
      { class: "question", "aria-labelledby": `${id}_title`, "data-quantity": quantity.id },
      make("h4", { id: `${id}_title` }, name(quantity.question)),
      how ? make("details", { class: "how" }, make("summary", {}, make("img", { src: quantity.picture, alt: "" }), say("how_to_measure")), make("p", {}, how)) : null,
      note ? make("p", { class: "note" }, say("engineer_says", { note })) : null,
      fields.node,
      response,
      reason.node,
      Jaidee.photoList.of(draft, element.id, quantity.id, name(quantity.name)),
    );
    function respond(found, live, measured) {
      fillResponse(response, sheet, quantity, fields, found, live, measured);
      fields.respond?.(Boolean(found.problems[quantity.id]));
    }
    return { node, respond, relabel: fields.relabel || (() => {}) };
  }

  function yesOrNo({ draft, element }, quantity, id, changed) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const kept = Jaidee.notes.answerOf(draft, element.id, quantity.id).texts[0] || "";
    const radio = (value, text) =>
      make(
        "label",
        { class: "choice" },
        make("input", { type: "radio", name: id, value, checked: kept === value, on: { change: changed } }),
        make("span", {}, text),
      );
    const [yes, no] = quantity.presence ? ["there_is", "there_is_not"] : ["yes", "no"];
    const node = make(
      "fieldset",
      { class: "choices" },
      make("legend", { class: "unseen" }, name(quantity.question)),
      ...[radio("yes", say(yes)), radio("no", say(no)), radio("", say("not_answered"))],
    );
    const texts = () => [node.querySelector("input:checked")?.value || ""].filter(Boolean);
    return { node, texts };
  }

  function figures(sheet, quantity, id, changed) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const { draft, element } = sheet;
    const most = quantity.readings > 1 ? kit.limits.most_readings : 1;
    const kept = () => Jaidee.notes.answerOf(draft, element.id, quantity.id).texts;
    const fieldsBox = make("div", {});
    const node = make("div", {}, fieldsBox);
    const inputs = [];
    const filled = () => inputs.filter((input) => input.value.trim());
    // A field shows units in the reader's words; until it is typed into, what was written stays.
    const textOf = (input) => input.dataset.written || input.value;
    function write(input, text) {
      // that it was confirmed is kept, and nobody has to write it
      input.value = Jaidee.words.inWords(Jaidee.cells.unmarked(text).plain || text);
      input.dataset.written = text;
    }
    // What stands in the boxes of rise and length is the last reading as soon as it is typed.
    const texts = () => [...filled().map(textOf), ...(notation ? notation.pair() : [])];
    function label(number) {
      const unit = unitOf(draft, quantity);
      const whole = `${name(quantity.name)}${unit ? ` (${unit})` : ""}`;
      return number === 1 ? whole : say("reading_n", { quantity: whole, number });
    }
    function grow() {
      const wanted = Math.min(most, Math.max(1, filled().length + (inputs.at(0)?.value.trim() ? 1 : 0)));
      while (inputs.length < wanted) add("");
    }
    function add(value) {
      const number = inputs.length + 1;
      const input = make("input", {
        ...{ type: "text", id: `${id}_${number}`, placeholder: " ", autocomplete: "off", maxlength: "120" },
        inputmode: quantity.kind === "count" ? "numeric" : "decimal",
        "aria-describedby": `${id}_response`,
        on: {
          input: () => {
            input.dataset.written = "";
            grow();
            changed();
          },
        },
      });
      write(input, value);
      inputs.push(input);
      fieldsBox.append(make("div", { class: "field" }, make("label", { for: input.id }, label(number)), input));
    }
    (kept().length ? kept() : [""]).forEach(add);
    grow();
    function put(text) {
      grow();
      const free = inputs.find((input) => !input.value.trim());
      if (free) write(free, text);
      else add(text);
      grow();
    }
    const last = () => filled().map(textOf).at(-1) || "";
    /** Return the last reading and empty its field, when it is rise and length. */
    function lift() {
      const parts = Jaidee.cells.riseParts(last());
      if (parts) write(filled().at(-1), "");
      return parts;
    }
    /** Put the way that was chosen in place of a figure that could be read in two ways. */
    function choose(text, way) {
      const asked = inputs.find((input) => textOf(input).trim() === text);
      if (!asked) return;
      write(asked, Jaidee.cells.confirmed(way.text));
      changed();
      asked.focus();
    }
    function relabel() {
      filled().forEach((input, place) => write(input, kept()[place] ?? textOf(input)));
      notation?.refresh();
      inputs.forEach((input, place) => (input.previousSibling.textContent = label(place + 1)));
    }
    const notation = quantity.kind === "slope" ? slopeNotation(sheet, quantity, id, { fieldsBox, put, lift, changed, isFull: () => filled().length + 1 >= most }) : null;
    if (notation) {
      node.prepend(notation.buttons);
      node.append(notation.box);
    }
    return { node, texts, relabel, choose, respond: (wrong) => notation?.respond(wrong) };
  }

  /** Ask in large buttons how a slope is written: as 1 : n, %, °, or as its rise and its length along the slope. */
  function slopeNotation({ draft, element, relabel }, quantity, id, fields) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const box = riseAndLength(draft, id, fields);
    function choose(notation) {
      Jaidee.notes.setNotation(draft, notation, { elementId: element.id, quantity: quantity.id });
      relabel();
    }
    const radio = (value, text) => {
      const input = make("input", { type: "radio", name: `${id}_notation`, value, on: { change: () => choose(value) } });
      return { input, node: make("label", { class: "choice" }, input, make("span", {}, text)) };
    };
    const radios = [["one_in", "1 : n"], ["percent", "%"], ["degrees", "°"], [BY_RISE, say("rise_and_length")]].map((one) => radio(...one));
    function refresh() {
      const isPair = Boolean(draft.slopes_by_rise);
      const chosen = isPair ? BY_RISE : draft.slope_unit;
      for (const { input } of radios) input.checked = input.value === chosen;
      box.hidden = !isPair;
      fields.fieldsBox.classList.toggle("by-rise", isPair);
      box.relabel();
      if (isPair) box.fill();
      else box.store();
    }
    refresh();
    const legend = make("legend", { class: "small" }, say("slope_written_as"));
    const buttons = make("fieldset", { class: "choices four" }, legend, ...radios.map(({ node }) => node));
    return { buttons, box, refresh, pair: box.pair, respond: box.respond };
  }

  /** Take a slope as its rise and its length along the slope, each in a field of its own. */
  function riseAndLength(draft, id, { put, lift, changed, isFull }) {
    const { make } = Jaidee.dom;
    const { say, unitName } = Jaidee.words;
    const part = (name, key) => {
      const typed = { autocomplete: "off", "aria-describedby": `${id}_response`, on: { input: () => changed() } };
      const input = make("input", { type: "text", id: `${id}_${name}`, inputmode: "decimal", maxlength: "50", ...typed });
      const title = make("label", { for: input.id }, "");
      const relabel = () => (title.textContent = say(key, { unit: unitName(draft.length_unit) }));
      return { input, relabel, node: make("div", { class: "field" }, title, input) };
    };
    const parts = [part("rise", "rise"), part("along", "length_along")];
    const typed = () => parts.map(({ input }) => withUnit(input.value.trim(), draft));
    /** Return the reading in the boxes, none while both are empty; with one of them empty it is a problem. */
    function pair() {
      const [rise, length] = typed();
      return rise || length ? [say("rise_reading", { rise, length }).trim()] : [];
    }
    /** Put the reading in the boxes among the others, and empty them. */
    function store() {
      pair().forEach(put);
      parts.forEach(({ input }) => (input.value = ""));
    }
    function fill() {
      if (pair().length || further) return;
      const last = lift();
      if (last) parts.forEach(({ input }, place) => (input.value = Jaidee.words.inWords(last[place])));
    }
    function take() {
      store();
      further = true;
      changed();
      parts[0].input.focus();
    }
    /** Name the unit; what was typed before keeps its own. */
    function relabel() {
      const before = unit;
      unit = draft.length_unit;
      for (const one of parts) {
        if (before !== unit && Jaidee.cells.isBare(one.input.value)) one.input.value += ` ${unitName(before)}`;
        one.relabel();
      }
    }
    let [further, unit] = [false, draft.length_unit];
    const button = make("button", { type: "button", id: `${id}_add`, on: { click: take } }, say("another_reading"));
    const respond = (wrong) => (button.hidden = wrong || !pair().length || isFull());
    const box = make("div", { class: "rise" }, ...parts.map(({ node }) => node), button);
    return Object.assign(box, { relabel, pair, store, fill, respond });
  }

  function withUnit(text, draft) {
    return Jaidee.cells.isBare(text) ? `${text} ${Jaidee.words.unitName(draft.length_unit)}` : text;
  }

  function reasons({ draft, element }, quantity, id, changed) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const kept = Jaidee.notes.answerOf(draft, element.id, quantity.id).reason;
    const options = Object.entries(kit.book.reasons).map(([value, reason]) =>
      make("option", { value, selected: kept === value }, name(reason)),
    );
    const select = make("select", { id: `${id}_reason`, on: { change: changed } }, make("option", { value: "" }, "–"), ...options);
    const isMeasured = quantity.kind !== "yes_no";
    const summary = make("summary", {}, say(isMeasured ? "could_not" : "could_not_answer"));
    const label = make("label", { for: select.id }, say(isMeasured ? "could_not_measure" : "could_not_answer_because"));
    const field = make("div", { class: "field" }, label, select);
    return { node: make("details", { class: "reason", open: Boolean(kept) }, summary, field), value: () => select.value };
  }

  /** Say what an answer means: what is wrong or has to be asked, that it is unusual, or the verdicts with limit and clause. */
  function fillResponse(response, { draft }, quantity, fields, found, live, measured) {
    const { make } = Jaidee.dom;
    const { say, problem } = Jaidee.words;
    const units = Jaidee.notes.unitsOf(draft);
    const made = found.measurements.filter((one) => one.quantity === quantity.id && one.value !== null);
    const repeat = quantity.kind === "slope" ? echo : lengthAgain;
    const isAsked = (text) => Object.hasOwn(found.asked[quantity.id] || {}, Jaidee.cells.strip(text));
    const parts = fields.texts().map((text, place) => (isAsked(text) ? null : repeat(text, units, quantity, made[place]))).filter(Boolean);
    if (found.problems[quantity.id]) {
      parts.push(make("p", { class: "wrong" }, problem(found.problems[quantity.id], units)));
      parts.push(...Object.entries(found.asked[quantity.id] || {}).map(([text, ways]) => waysOf(text, ways, fields, units)));
    } else {
      if (made.length && isUnjudged(found.rules, quantity)) parts.push(unjudged(quantity));
      if (found.unusual.includes(quantity.id)) parts.push(make("p", { class: "unusual" }, say("unusual")));
      const told = live.filter((one) => one.verdict !== "not_applicable" && (one.verdict !== "unknown" || measured));
      parts.push(...told.map((one) => verdictLine(one, quantity, units)));
      if (told.length) parts.push(groundsOf(told.map((one) => one.rule)));
    }
    // Said anew only when it says something else: a screen reader must not hear every keystroke.
    const next = make("div", {}, ...parts);
    const before = response.firstChild?.innerHTML.replaceAll(' open=""', "");
    if (next.innerHTML !== before) response.replaceChildren(next);
  }

  const isUnjudged = (rules, { id, kind }) => kind !== "yes_no" && !Jaidee.judge.isRead(rules, id);

  /** Say why a figure has no verdict. */
  function unjudged({ for_design: forDesign }) {
    return Jaidee.dom.make("p", { class: "small" }, Jaidee.words.say(forDesign ? "rests_on_it" : "not_judged"));
  }

  /** Repeat a slope in every notation, so that one typed in the wrong one is seen, with an instrument that is not the usual one. */
  function echo(text, units, quantity, made) {
    const { name, notations, number } = Jaidee.words;
    const slope = Jaidee.answers.slopeOf(text, units);
    if (slope === null) return null;
    const known = made && kit.book.instruments[made.instrument.split("/")[0]];
    const other = known && made.value === slope && known !== kit.book.instruments[quantity.instruments[0]];
    const how = other ? ` · ${name(known.name)} ±${number(made.uncertainty, 2)} %` : "";
    return Jaidee.dom.make("p", { class: "echo" }, `${Object.values(notations(slope)).join(" = ")}${how}`);
  }

  /** Repeat a length typed in another unit in that of the form, so that a slip is seen; the twin of answers.length_again. */
  function lengthAgain(text, units, quantity, made) {
    const { cells, words } = Jaidee;
    if (!made || !Object.hasOwn(cells.MILLIMETRES, quantity.unit)) return null;
    const { plain } = cells.unmarked(cells.strip(text));
    if (cells.isBare(plain) || cells.singleLength(plain)?.unit === units.length) return null;
    const again = (made.value * cells.MILLIMETRES[quantity.unit]) / cells.MILLIMETRES[units.length];
    return Jaidee.dom.make("p", { class: "echo" }, `${words.inWords(plain)} = ${words.amount(again, units.length, 2)}`);
  }

  function waysOf(text, ways, fields, units) {
    const { make } = Jaidee.dom;
    const { say, spelled } = Jaidee.words;
    const buttons = ways.map((way) =>
      make("button", { type: "button", class: "way", on: { click: () => fields.choose(text, way) } }, spelled(way, units)),
    );
    return make("div", { class: "ways", role: "group", "aria-label": say("which_reading", { written: text }) }, ...buttons);
  }

  function verdictLine(one, quantity, units) {
    const { make } = Jaidee.dom;
    const { name, limit, margin, verdictSign, open } = Jaidee.words;
    const sign = make("span", { "aria-hidden": "true", class: "sign" }, verdictSign(one.verdict));
    const chip = make("span", { class: `verdict ${one.verdict}` }, sign, name(kit.book.verdicts[one.verdict]));
    // of what may not apply there is nothing to be off by
    const inside = one.verdict === "unknown" ? "" : margin(one.margin, quantity, units);
    const means = [limit(one, quantity, units), inside, open(one)].filter(Boolean).join(" · ");
    return make("p", { class: "live" }, chip, ` ${name(one.rule.name)}: ${means}`);
  }

  /** Say once whether the rules of some verdicts bind here, with their sources and clauses folded under it. */
  function groundsOf(rules) {
    const { make } = Jaidee.dom;
    const { name, clause, binding } = Jaidee.words;
    const sources = rules.map((rule) => (rules.length > 1 ? `${name(rule.name)}: ${clause(rule)}` : clause(rule)));
    const lines = sources.map((source) => make("p", { class: "small" }, source));
    return make("details", { class: "grounds" }, make("summary", { class: "small" }, binding(rules)), ...lines);
  }

  return Object.freeze({ begin });
})();
