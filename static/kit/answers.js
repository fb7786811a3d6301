/**
 * Read what was typed for one element, and ask about a figure that would be usual in another unit or notation.
 *
 * The twin of audits/field/answers.py and doubts.py; tests/field/kit/test_cells.py holds both to the same answers. Needs
 * cells.js. All functions are pure.
 *
 * read(book, answers, units, instruments, devices?) -> {measurements, problems, unusual, asked}, of one element
 *   answers       {quantity id: {texts: [text], reason: "" | reason id}}
 *   units         {length: "cm" | "mm" | "m", slope: "percent" | "degrees" | "one_in"}, of bare figures
 *   instruments   {unit: instrument id}, those in hand, with "/" and the code of the municipality's own device, such as
 *                 "digital_level/L-03"; the quantity's first instrument otherwise
 *   devices       {"instrument/device": calibrated uncertainty}; other devices have their instrument's
 *   measurements  [{quantity: id, value: number | null, asWritten, instrument, uncertainty, reading,
 *                 notMeasuredBecause}]
 *   problems      {quantity id: {code, values: {written, quantity?, least?, most?, unit?, readings?}}}
 *   unusual       [quantity id]: possible but unusual, measure again
 *   asked         {quantity id: {text: [way]}}, the ways to read a figure, its own first unless that cannot be: one is to be chosen
 *   way           {figure, unit, value, text}
 * slopeOf(text, units) -> the slope in percent of a reading that can be taken, else null
 */
Jaidee.answers = (() => {
  "use strict";

  const { cells } = Jaidee;
  const [OUT_OF_RANGE, WHICH_READING] = ["ANSWER-001", "ANSWER-002"];
  const [RISEN_WITH, TAPED_WITH] = ["level_and_tape", "tape_measure"];
  const METRIC = ["mm", "cm", "m"];
  const NOTATIONS = ["percent", "degrees", cells.ONE_IN];
  const ROUNDING = 0.01;
  const STEEPEST_PCT = 100;
  const [LOST_POINTS, FINEST_PCT] = [[0.1, 0.01], 0.1];

  function read(book, answers, units, instruments, devices = {}) {
    const found = { measurements: [], problems: {}, unusual: new Set(), asked: {} };
    const hand = { book, units, instruments, devices };
    for (const [id, answer] of Object.entries(answers)) {
      const quantity = book.quantities[id];
      // a draft may be older than the criteria
      if (!quantity) continue;
      const written = answer.texts.map(cells.strip).filter((text) => text);
      written.forEach((text, place) => takeReading(found, hand, text, quantity, place + 1));
      if (!written.length && answer.reason) found.measurements.push(notMeasured(id, answer.reason));
    }
    return { ...found, unusual: [...found.unusual] };
  }

  function takeReading(found, hand, text, quantity, reading) {
    const { plain, sure } = quantity.kind === "yes_no" ? { plain: text, sure: true } : cells.unmarked(text);
    const value = valueOf(plain, quantity, hand.units);
    if (typeof value !== "number") {
      found.problems[quantity.id] = value;
      const others = waysInstead(plain, quantity, hand.units, hand.book);
      if (others.length) (found.asked[quantity.id] ??= {})[text] = others;
      return;
    }
    const ways = sure ? [] : waysToRead(plain, quantity, hand.units, hand.book);
    if (ways.length) {
      found.problems[quantity.id] = { code: WHICH_READING, values: { written: text, readings: ways } };
      (found.asked[quantity.id] ??= {})[text] = ways;
      return;
    }
    const asWritten = cells.withUnit(plain, quantity.unit, hand.units);
    found.measurements.push({
      quantity: quantity.id,
      value,
      asWritten: sure && plain !== text ? cells.confirmed(asWritten) : asWritten,
      ...measuredWith(plain, quantity, hand),
      reading,
      notMeasuredBecause: "",
    });
    if (!(quantity.usual[0] <= value && value <= quantity.usual[1])) found.unusual.add(quantity.id);
  }

  function valueOf(text, quantity, units) {
    const value = cells.typed(text, quantity.unit, units);
    if (typeof value === "string") return { code: value, values: { written: text } };
    if (quantity.possible[0] <= value && value <= quantity.possible[1]) return value;
    return { code: OUT_OF_RANGE, values: { written: text, quantity: quantity.id, ...boundsShown(text, quantity, units) } };
  }

  /** Return the possible range in the unit that was typed. */
  function boundsShown(text, quantity, units) {
    const isLength = Object.hasOwn(cells.MILLIMETRES, quantity.unit);
    const unit = isLength ? cells.singleLength(text)?.unit || units.length : quantity.unit;
    const factor = isLength ? cells.MILLIMETRES[quantity.unit] / cells.MILLIMETRES[unit] : 1;
    const [least, most] = quantity.possible.map((bound) => Math.round(bound * factor * 100) / 100);
    return { least, most, unit };
  }

  function notMeasured(quantity, reason) {
    const blank = { asWritten: "", instrument: "", uncertainty: 0, reading: 1 };
    return { quantity, value: null, ...blank, notMeasuredBecause: reason };
  }

  // ---- what it was measured with ---------------------------------------------------------------------------------

  function measuredWith(text, quantity, hand) {
    const pair = quantity.unit === "percent" ? cells.riseOf(text, hand.units) : null;
    if (Array.isArray(pair) && quantity.instruments.includes(RISEN_WITH)) {
      const tape = inHand("mm", hand) || hand.book.instruments[TAPED_WITH];
      const uncertainty = uncertaintyOfRise(...pair, tape.uncertainty, hand.book.instruments[RISEN_WITH].tilt);
      return { instrument: RISEN_WITH, uncertainty };
    }
    const instrument = instrumentOf(quantity, hand);
    if (!instrument) return { instrument: "", uncertainty: 0 };
    return { instrument: instrument.id, uncertainty: instrument.unit === quantity.unit ? instrument.uncertainty : 0 };
  }

  function instrumentOf(quantity, hand) {
    const [name] = (hand.instruments[quantity.unit] ?? "").split("/", 1);
    if (!quantity.instruments.includes(name)) return hand.book.instruments[quantity.instruments[0]];
    return inHand(quantity.unit, hand);
  }

  /** Return the instrument for a unit, as its device where one is named: with its code and its uncertainty. */
  function inHand(unit, { book, instruments, devices }) {
    const mine = instruments[unit] ?? "";
    const slash = mine.indexOf("/");
    const instrument = book.instruments[slash < 0 ? mine : mine.slice(0, slash)];
    if (!instrument || slash < 0 || slash === mine.length - 1) return instrument;
    return { ...instrument, id: mine, uncertainty: devices[mine] ?? instrument.uncertainty };
  }

  /** Propagate tape and level into a slope, all half widths: JCGM 100:2008, 5.1.2; see audits/field/answers.py. */
  function uncertaintyOfRise(riseMm, lengthMm, tapeMm, tiltPct) {
    const runMm = Math.sqrt(lengthMm ** 2 - riseMm ** 2);
    const byRise = (100 * lengthMm ** 2) / runMm ** 3;
    const byLength = (100 * riseMm * lengthMm) / runMm ** 3;
    return Math.hypot(byRise * tapeMm, ((byRise * tiltPct) / 100) * runMm, byLength * tapeMm);
  }

  // ---- which reading was meant -----------------------------------------------------------------------------------

  function waysToRead(text, quantity, units, book) {
    const isSlope = quantity.unit === "percent";
    if (!isSlope && !Object.hasOwn(cells.MILLIMETRES, quantity.unit)) return [];
    const figure = cells.figure(text, quantity.unit, units);
    if (!figure || !(figure.number > 0)) return [];
    const own = readAs(figure, figure.unit, quantity);
    const others = (isSlope ? otherSlopes : otherLengths)(figure, own, quantity, book);
    const longer = isSlope || isUsual(own.value, quantity) ? [] : tenfold(figure, quantity);
    return others.length ? [own, ...longer, ...others] : [];
  }

  /** Return the other ways to read a figure that cannot be as written: the usual ones, else the possible ones. */
  function waysInstead(text, quantity, units, book) {
    const usual = waysToRead(text, quantity, units, book).slice(1);
    const figure = Object.hasOwn(cells.MILLIMETRES, quantity.unit) ? cells.figure(text, quantity.unit, units) : null;
    if (usual.length || !figure || !(figure.number > 0)) return usual;
    const longer = tenfold(figure, quantity);
    if (figure.stated) return longer;
    const [least, most] = quantity.possible;
    const possible = Object.keys(cells.MILLIMETRES)
      .filter((unit) => unit !== figure.unit)
      .map((unit) => readAs(figure, unit, quantity))
      .filter((other) => least <= other.value && other.value <= most);
    return [...longer, ...possible];
  }

  /** Return a length of one digit with the zero that was forgotten, where that is usual: 9 cm for 90 cm. */
  function tenfold(figure, quantity) {
    if (!figure || !/^[0-9]$/.test(figure.written)) return [];
    const written = `${figure.written}0`;
    const longer = readAs({ ...figure, written, number: Number(written) }, figure.unit, quantity);
    return isUsual(longer.value, quantity) ? [longer] : [];
  }

  function readAs(figure, unit, quantity) {
    const { written, number } = figure;
    if (quantity.unit === "percent") return way(written, unit, slopePct(number, unit));
    return way(written, unit, (number * cells.MILLIMETRES[unit]) / cells.MILLIMETRES[quantity.unit]);
  }

  function way(figure, unit, value) {
    const slopes = { percent: `${figure}%`, degrees: `${figure}°`, [cells.ONE_IN]: `1:${figure}` };
    return { figure, unit, value, text: slopes[unit] || `${figure} ${unit}` };
  }

  function slopePct(figure, notation) {
    if (notation === "degrees") return figure < 90 ? 100 * Math.tan((figure * Math.PI) / 180) : Infinity;
    return notation === cells.ONE_IN ? 100 / figure : figure;
  }

  function otherLengths(figure, own, quantity) {
    const others = Object.keys(cells.MILLIMETRES)
      .filter((unit) => unit !== figure.unit)
      .filter((unit) => !figure.stated || METRIC.includes(unit) === METRIC.includes(figure.unit))
      .map((unit) => readAs(figure, unit, quantity))
      .filter((other) => isUsual(other.value, quantity));
    if (!isUsual(own.value, quantity)) return others;
    const nearer = (other) => far(other.value, quantity.stated) < far(own.value, quantity.stated);
    return METRIC.includes(figure.unit) ? others.filter((other) => METRIC.includes(other.unit) && nearer(other)) : [];
  }

  function otherSlopes(figure, own, quantity, book) {
    const unusual = !isUsual(own.value, quantity);
    // A form begins with percent: a bare figure in any other notation was written in one that somebody chose.
    const isUnchosen = !figure.stated && figure.unit === "percent";
    const others = NOTATIONS.filter((notation) => notation !== figure.unit)
      .map((notation) => readAs(figure, notation, quantity))
      .filter((other) => isUsual(other.value, quantity) && !isSame(other.value, own.value))
      .filter((other) => unusual || (isUnchosen && isRound(figure, other, own, quantity, book)));
    const isShare = figure.unit === "percent" && figure.number < (unusual ? 1 : FINEST_PCT);
    if (!unusual && !isShare) return others;
    const shifts = isShare ? [100] : LOST_POINTS;
    const shifted = shifts
      .map((shift) => figure.number * shift)
      .map((number) => way(String(Number(number.toPrecision(6))), figure.unit, slopePct(number, figure.unit)));
    return [...others, ...shifted.filter((other) => isUsual(other.value, quantity))];
  }

  function isRound(figure, other, own, quantity, book) {
    if (other.unit === cells.ONE_IN) {
      const [least, most] = book.formUnits.wholeRatios;
      // 8.0 was read off a digital level; 8 may be the n of 1:8
      return /^[0-9]+$/.test(figure.written) && least <= figure.number && figure.number <= most;
    }
    return isStated(other.value, quantity.stated) && !isStated(own.value, quantity.stated);
  }

  function isUsual(value, quantity) {
    const [least, most] = quantity.usual;
    return least <= value && value <= most && (quantity.unit !== "percent" || value <= STEEPEST_PCT);
  }

  const far = (value, bounds) => (bounds.length ? Math.min(...bounds.map((bound) => Math.abs(Math.log(value / bound)))) : 0);
  const isSame = (one, other) => Math.abs(one - other) <= ROUNDING * Math.max(one, other);
  const isStated = (value, bounds) => bounds.some((bound) => isSame(value, bound));

  function slopeOf(text, units) {
    const value = cells.typed(cells.unmarked(cells.strip(text)).plain, "percent", units);
    return typeof value === "number" ? value : null;
  }

  return Object.freeze({ read, slopeOf });
})();
