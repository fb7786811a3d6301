/**
 * Judge one element on the phone as the office will: find what fails, score what is still open.
 *
 * The twin of audits/scoring/findings.py, questions.py and scores.py; tests/field/kit/test_judge.py holds both to the
 * same answers. All functions are pure: no screen, no storage, no clock.
 *
 * A *name* is {th, en}. Days are "YYYY-MM-DD", "" when not known. Values are in the quantity's unit; yes is 1, no is 0.
 *
 * open(pack) -> book, once; `pack` is what audits/field/kit/rules.py makes; RangeError when it has another form. The
 * book is for reading only:
 *   version       version of the criteria that ask
 *   quantities    {id: {id, name, question, how, unit, kind, possible: [least, most], usual: [low, high], readings,
 *                 instruments: [id], elements: [kind], stated: [bound that a source states], picture: address of the
 *                 drawing of how it is measured, no_without: id of the question whose no answers it too, or "", for_design: no rule
 *                 reads it}}
 *   instruments   {id: {id, name, unit, uncertainty, tilt}}
 *   formUnits     {length, wholeRatios: [least, most]}, how bare figures are meant unless chosen otherwise
 *   kinds         {kind: {name, questions: [quantity id, in asking order], themes: [{name, questions}], shown: [place
 *                 of a limit that asks and does not judge]}}
 *   settings, verdicts, bases, units, reasons    {id: name}
 *   problems      {code: name}, templates with {written} and, out of range, {quantity} {least} {most} {unit}
 *   words         {key: name}, what the maker of the pack asked for
 * rulesFor(book, kind, setting, permittedOn) -> [rule], those in force; RangeError when the pack does not know them
 *   rule          {id, name, quantity: id, severity: 1..4, weight, lower, upper: ±Infinity without a bound,
 *                 table: null | {quantity: id, steps: [[up to, required]], per: null | number, roundUpOver},
 *                 conditions: [{quantity: id, operator, value}], source: name, clause: name, statedAs, unverified,
 *                 basis: "law" | "analogy" | "guidance", editionAssumed}
 * readings(measurements, quantities of the book) -> {quantity id: {lowest, highest, uncertainty}}, only what was
 *   measured or follows from it
 * outcomes(rules, readings) -> [bits], 1 can pass + 2 can fail + 4 can be not applicable + 8 measured
 * verdict(bits) -> "pass" | "fail" | "borderline" | "unknown" | "not_applicable"
 * margins(rules, readings) -> [number], inside the limit, negative outside; NaN where not measured,
 *   or where the limit is a table and the quantity by which it is read was not
 * live(rules, readings, quantities of the book) -> {quantity id: [{rule, verdict, margin, lower, upper,
 *   waitsFor: [quantity id that decides and is not measured]}]}; lower NaN: table not read yet. Where an answer follows from another question's, its findings stand at that question
 * thatApply(book, kind, rules, readings) -> [quantity id], what is worth asking, in asking order
 * needed(book, kind, rules, readings) -> [quantity id], those of them on which the score rests
 * isRead(rules, quantity id) -> whether a rule looks at the answer
 * weighty(rules) -> Set of quantity ids to ask first
 * interval([{rules, readings}]) -> {low, high, coverage}, of one site from all its elements: 0 to 100, 0 to 100,
 *   0 to 1; NaN where nothing can apply
 */
Jaidee.judge = (() => {
  "use strict";

  const [CAN_PASS, CAN_FAIL, CAN_NOT_APPLY, MEASURED] = [1, 2, 4, 8];
  const FORM = 1;
  const RELATIVE_TOLERANCE = 1e-9;
  const ELEMENT_PRESENT = "element_present";
  const ASKED_FIRST_FROM_SEVERITY = 3;
  const BASIS_OF_LETTER = { l: "law", a: "analogy", g: "guidance" };
  const UNMEASURED = Object.freeze({ lowest: NaN, highest: NaN, uncertainty: NaN });

  // ---- the pack --------------------------------------------------------------------------------------------------

  /** Expand a pack; in it names, quantities and limits stand once and are pointed at by their place. */
  function open(pack) {
    if (pack.form !== FORM) throw new RangeError(`the pack has form ${pack.form}; this judge reads form ${FORM}`);
    const names = pack.names.map(([th, en]) => Object.freeze({ th, en }));
    const named = (places) => Object.fromEntries(Object.entries(places).map(([id, place]) => [id, names[place]]));
    const kindNames = Object.keys(pack.kinds);
    const instruments = pack.instruments.map((one) => ({ ...one, name: names[one.name] }));
    const quantities = pack.quantities.map((one) => ({
      ...one,
      name: names[one.name],
      question: names[one.question],
      how: names[one.how],
      instruments: one.instruments.map((place) => instruments[place].id),
      elements: one.elements.map((place) => kindNames[place]),
      picture: `data:image/svg+xml,${encodeURIComponent(pack.ways[one.way])}`,
    }));
    const themes = byId(pack.themes.map((one) => ({ ...one, name: names[one.name] })));
    const kinds = Object.entries(pack.kinds).map(([kind, one]) => [
      kind,
      {
        name: names[one.name],
        questions: one.questions.map((place) => quantities[place].id),
        themes: one.themes.map(([id, places]) => ({ ...themes[id], questions: places.map((place) => quantities[place].id) })),
        shown: one.shown,
      },
    ]);
    return Object.freeze({
      version: pack.version,
      formUnits: pack.form_units,
      quantities: byId(quantities),
      instruments: byId(instruments),
      kinds: Object.fromEntries(kinds),
      settings: named(pack.settings),
      verdicts: named(pack.verdicts),
      bases: named(pack.bases),
      units: named(pack.units),
      reasons: named(pack.reasons),
      problems: named(pack.problems),
      words: named(pack.words),
      eras: pack.eras,
      limits: pack.limits.map((limit) => expandedLimit(limit, pack, names, quantities)),
      groups: pack.groups,
    });
  }

  function byId(rows) {
    return Object.fromEntries(rows.map((row) => [row.id, row]));
  }

  function expandedLimit(limit, pack, names, quantities) {
    const criterion = pack.criteria[limit.criterion];
    const source = pack.sources[limit.source];
    return {
      id: criterion.id,
      name: names[criterion.name],
      quantity: quantities[criterion.quantity].id,
      severity: criterion.severity,
      weight: criterion.weight,
      lower: limit.lower ?? -Infinity,
      upper: limit.upper ?? Infinity,
      table: limit.table ? expandedTable(limit.table, quantities) : null,
      conditions: limit.conditions.map((one) => ({ ...one, quantity: quantities[one.quantity].id })),
      source: names[source.short],
      clause: names[limit.clause],
      statedAs: limit.stated_as,
      unverified: limit.unverified,
    };
  }

  function expandedTable({ quantity, steps, per, round_up_over: roundUpOver }, quantities) {
    return { quantity: quantities[quantity].id, steps, per, roundUpOver };
  }

  /** Return the rules in force for one kind of element. */
  function rulesFor(book, kind, setting, permittedOn) {
    const era = permittedOn ? book.eras.filter((first) => first <= permittedOn).length : -1;
    const group = book.groups[kind]?.[setting]?.[era];
    if (!group) throw new RangeError(`no rules packed for ${kind}, ${setting}, permitted on ${permittedOn || "?"}`);
    return group.limits.map((place, row) => ({
      ...book.limits[place],
      basis: BASIS_OF_LETTER[group.bases[row]],
      editionAssumed: group.assumed[row] === "1",
    }));
  }

  /**
   * Return one element's measurements as readings: the worst of several governs, the widest band guards. Where there is
   * no handrail, there are none on both sides.
   */
  function readings(measurements, quantities) {
    const result = {};
    for (const { quantity, value, uncertainty } of measurements) {
      if (value === null) continue;
      const before = result[quantity] ?? { lowest: Infinity, highest: -Infinity, uncertainty: 0 };
      result[quantity] = {
        lowest: Math.min(before.lowest, value),
        highest: Math.max(before.highest, value),
        uncertainty: Math.max(before.uncertainty, uncertainty),
      };
    }
    for (const { id, no_without: without } of Object.values(quantities)) {
      if (without && !result[id] && result[without]?.lowest === 0) {
        result[id] = { lowest: 0, highest: 0, uncertainty: result[without].uncertainty };
      }
    }
    return result;
  }

  // ---- what it means ---------------------------------------------------------------------------------------------

  /** Say what each finding can still turn out to be: a sum of bits per rule. */
  function outcomes(rules, measured) {
    const absent = measured[ELEMENT_PRESENT]?.highest === 0;
    return rules.map((rule) => {
      if (absent && rule.quantity !== ELEMENT_PRESENT) return CAN_NOT_APPLY;
      return rule.conditions.reduce(
        (outcome, condition) => underCondition(outcome, condition, measured[condition.quantity] ?? UNMEASURED),
        outcomeOfValue(rule, measured),
      );
    });
  }

  function underCondition(outcome, condition, reading) {
    if (Number.isNaN(reading.lowest)) return outcome | CAN_NOT_APPLY;
    return isMet(condition, reading) ? outcome : CAN_NOT_APPLY;
  }

  /** Tell whether the most demanding reading brings the duty into play. */
  function isMet({ operator, value }, { lowest, highest }) {
    switch (operator) {
      case "at_least":
        return highest >= value;
      case "more_than":
        return highest > value;
      case "at_most":
        return lowest <= value;
      case "less_than":
        return lowest < value;
      case "is_yes":
        return highest > 0;
      case "is_no":
        return lowest === 0;
      default:
        throw new RangeError(`unknown operator ${operator}`);
    }
  }

  /** Return what a value alone leaves open. */
  function outcomeOfValue(rule, measured) {
    const reading = measured[rule.quantity] ?? UNMEASURED;
    const { lower, upper } = bounds(rule, measured);
    if (rule.table && lower === 0) return CAN_NOT_APPLY;
    const { passes, fails } = compared(rule, reading, lower, upper);
    let outcome = (fails ? 0 : CAN_PASS) | (passes ? 0 : CAN_FAIL);
    if (!Number.isNaN(reading.lowest) && !Number.isNaN(lower)) outcome |= MEASURED;
    if (rule.table && Number.isNaN(lower) && rule.table.steps.some(([, required]) => required === 0)) {
      outcome |= CAN_NOT_APPLY;
    }
    return outcome;
  }

  /** Tell whether the whole guard band is inside the limits, and whether it is wholly outside. */
  function compared(rule, { lowest, highest, uncertainty }, lower, upper) {
    let [passes, fails] = [true, false];
    if (rule.table || Number.isFinite(lower)) {
      const least = lower - tolerance(lower);
      passes = lowest - uncertainty >= least;
      fails = lowest + uncertainty < least;
    }
    if (Number.isFinite(upper)) {
      const most = upper + tolerance(upper);
      passes = passes && highest + uncertainty <= most;
      fails = fails || highest - uncertainty > most;
    }
    return { passes, fails };
  }

  function tolerance(value) {
    return RELATIVE_TOLERANCE * Math.max(1, Math.abs(value));
  }

  /** Return both bounds of a rule; the lower one NaN where the number its table is read by is not known. */
  function bounds(rule, measured) {
    if (!rule.table) return { lower: rule.lower, upper: rule.upper };
    const total = (measured[rule.table.quantity] ?? UNMEASURED).highest;
    return { lower: requiredCount(rule.table, total), upper: rule.upper };
  }

  /** Return what a step table requires for a total; NaN for NaN. */
  function requiredCount({ steps, per, roundUpOver }, total) {
    if (Number.isNaN(total)) return NaN;
    const step = steps.find(([top]) => total <= top);
    if (step) return step[1];
    const [last, required] = steps[steps.length - 1];
    if (per === null) return required;
    const beyond = total - last;
    return required + Math.floor(beyond / per) + (beyond % per > roundUpOver ? 1 : 0);
  }

  /** Return the verdict of one outcome; what may not apply is unknown, never a pass and never a fail. */
  function verdict(bits) {
    const can = bits & ~MEASURED;
    if (can === CAN_PASS) return "pass";
    if (can === CAN_FAIL) return "fail";
    if (can === CAN_NOT_APPLY) return "not_applicable";
    return bits === (CAN_PASS | CAN_FAIL | MEASURED) ? "borderline" : "unknown";
  }

  /** Return how far the worst reading lies inside each limit, in the quantity's unit. */
  function margins(rules, measured) {
    return rules.map((rule) => {
      const { lowest, highest } = measured[rule.quantity] ?? UNMEASURED;
      const { lower, upper } = bounds(rule, measured);
      const above = zeroAtTheLimit(lowest - lower, lowest);
      const below = zeroAtTheLimit(upper - highest, highest);
      // NaN wins: a table that cannot be read yet may ask for more than the other bound
      return Math.min(above, below);
    });
  }

  function zeroAtTheLimit(margin, value) {
    return Math.abs(margin) <= tolerance(value) ? 0 : margin;
  }

  /** Return the findings of one element so far, by quantity. */
  function live(rules, measured, quantities) {
    const bits = outcomes(rules, measured);
    const inside = margins(rules, measured);
    const result = {};
    rules.forEach((rule, row) => {
      const one = { rule, verdict: verdict(bits[row]), margin: inside[row], ...bounds(rule, measured), waitsFor: waitsFor(rule, measured) };
      const { id, no_without: without } = quantities[rule.quantity];
      (result[follows(quantities[id], measured) ? without : id] ??= []).push(one);
    });
    return result;
  }

  /** Return the quantities, not measured yet, that decide whether a rule applies or which limit of it holds. */
  function waitsFor(rule, measured) {
    const asked = new Set(quantitiesOf(rule).slice(1));
    return [...asked].filter((id) => Number.isNaN((measured[id] ?? UNMEASURED).lowest));
  }

  // ---- what to ask -----------------------------------------------------------------------------------------------

  /** Return what is worth asking: what a rule that may apply looks at, and what was measured. */
  function thatApply(book, kind, rules, measured) {
    const judged = new Set(rules.map((rule) => rule.id));
    const shown = book.kinds[kind].shown.map((place) => book.limits[place]).filter((rule) => !judged.has(rule.id));
    const asking = [...rules, ...shown];
    const bits = outcomes(asking, measured);
    const mayApply = asking.filter((_, row) => (bits[row] & ~MEASURED) !== CAN_NOT_APPLY);
    const wanted = new Set([ELEMENT_PRESENT, ...Object.keys(measured), ...mayApply.flatMap(quantitiesOf)]);
    // what only a design rests on is asked of everything that nobody looked for in vain
    const isThere = measured[ELEMENT_PRESENT]?.highest !== 0;
    const isAsked = ({ id, for_design: forDesign }) => wanted.has(id) || (forDesign && isThere);
    return book.kinds[kind].questions
      .map((id) => book.quantities[id])
      .filter((one) => isAsked(one) && !follows(one, measured))
      .map(({ id }) => id);
  }

  /** Return the questions on which the score rests: what a rule that judges and may apply looks at, or what it was told. */
  function needed(book, kind, rules, measured) {
    const bits = outcomes(rules, measured);
    const mayApply = rules.filter((_, row) => (bits[row] & ~MEASURED) !== CAN_NOT_APPLY);
    const counts = (id) => id === ELEMENT_PRESENT || isRead(measured[id] ? rules : mayApply, id);
    return thatApply(book, kind, rules, measured).filter(counts);
  }

  /** Return the questions asked before anything was answered that the answers so far have made needless. */
  function ruledOut(book, kind, rules, measured) {
    const left = new Set(thatApply(book, kind, rules, measured));
    return thatApply(book, kind, rules, {}).filter((id) => !left.has(id));
  }

  /** Tell whether the answer is no and follows from another question's. */
  function follows({ id, no_without: without }, measured) {
    return Boolean(without) && [id, without].every((one) => measured[one]?.highest === 0);
  }

  /** Return what to ask first: what decides whether something is dangerous or needs help. */
  function weighty(rules) {
    const heavy = rules.filter((rule) => rule.severity >= ASKED_FIRST_FROM_SEVERITY);
    return new Set([ELEMENT_PRESENT, ...heavy.flatMap(quantitiesOf)]);
  }

  /** Whether a rule looks at a quantity, as its own, as a condition or in its table. */
  const isRead = (rules, quantity) => rules.some((rule) => quantitiesOf(rule).includes(quantity));

  function quantitiesOf(rule) {
    const table = rule.table ? [rule.table.quantity] : [];
    return [rule.quantity, ...rule.conditions.map((condition) => condition.quantity), ...table];
  }

  // ---- the score -------------------------------------------------------------------------------------------------

  /** Return the lowest and highest score of a site that any completion of the measurements can reach. */
  function interval(elements) {
    const total = { certainPass: 0, certainFail: 0, possiblePass: 0, possibleFail: 0, measured: 0, applicable: 0 };
    for (const { rules, readings: measured } of elements) {
      outcomes(rules, measured).forEach((bits, row) => addTo(total, bits, rules[row].weight));
    }
    if (total.applicable === 0) return { low: NaN, high: NaN, coverage: NaN };
    return {
      low: share(total.certainPass, total.possibleFail, 100),
      high: share(total.possiblePass, total.certainFail, 0),
      coverage: total.measured / total.applicable,
    };
  }

  function addTo(total, bits, weight) {
    const can = bits & ~MEASURED;
    if (can === CAN_PASS) total.certainPass += weight;
    if (can === CAN_FAIL) total.certainFail += weight;
    if (can & CAN_PASS) total.possiblePass += weight;
    if (can & CAN_FAIL) total.possibleFail += weight;
    if (can & (CAN_PASS | CAN_FAIL)) total.applicable += weight;
    if (["pass", "fail", "borderline"].includes(verdict(bits))) total.measured += weight;
  }

  function share(passing, failing, whenEmpty) {
    const whole = passing + failing;
    return whole === 0 ? whenEmpty : (100 * passing) / whole;
  }

  return Object.freeze({
    ...{ open, rulesFor, readings },
    ...{ outcomes, verdict, margins, live, thatApply, needed, ruledOut, weighty, isRead, interval },
  });
})();
