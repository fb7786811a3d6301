/**
 * Say everything in the reader's language: phrases of the pack, numbers, limits, margins, problems.
 *
 * begin(book, language, timeZone), use(language), language()
 * say(key, values)    -> a phrase of the pack, its {places} filled
 * name({th, en})      -> the name in the reader's language
 * The sentences are those of audits/site_report.py, for the phone.
 */
Jaidee.words = (() => {
  "use strict";

  const SIGNS = { pass: "✓", fail: "✕", borderline: "±", unknown: "?", not_applicable: "–" };
  let [book, spoken, zone] = [null, "th", "Asia/Bangkok"];

  function begin(opened, language, timeZone = zone) {
    [book, zone] = [opened, timeZone];
    use(language);
  }

  function use(language) {
    spoken = language === "en" ? "en" : "th";
    document.documentElement.lang = spoken;
  }

  const name = (pair) => pair[spoken] || pair.th;
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
  const say = (key, values = {}) => fill(name(book.words[key]), values);
  const number = (value, digits = 1) => value.toLocaleString("en-US", { maximumFractionDigits: digits });
  const unitName = (unit) => (book.units[unit] ? name(book.units[unit]) : "");

  /** Return what was written with its units in the reader's words, to be shown; what is kept stays as it is. */
  function inWords(written) {
    const { plain, sure } = Jaidee.cells.unmarked(written);
    // the mark that is kept is the sign of a pass, too
    if (sure && plain) return `${inWords(plain)}!`;
    if (spoken === "en") return written;
    const parts = Jaidee.cells.riseParts(written);
    if (parts) return say("rise_reading", { rise: inWords(parts[0]), length: inWords(parts[1]) }).trim();
    return written.replace(/(\d) ?(mm|cm|m|in|ft)(?![a-z])/g, (_, digit, unit) => `${digit} ${unitName(unit)}`);
  }

  function amount(value, unit, digits = 1) {
    return `${number(value, digits)} ${unitName(unit)}`.trim();
  }

  function day(instant) {
    const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
    const calendar = spoken === "th" ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB";
    return new Date(instant).toLocaleString(calendar, { ...options, timeZone: zone });
  }

  /** Return the time of day of an instant. */
  function time(instant) {
    return instant.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  }

  /** Return the day it is in the municipality, written as 2026-11-20. */
  const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: zone });

  /** Return in words a day written as 2026-11-20. */
  function date(written) {
    const calendar = spoken === "th" ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB";
    const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
    return new Date(`${written}T00:00:00Z`).toLocaleDateString(calendar, options);
  }

  /** Return an amount in the unit of the form where it is a length. */
  function inFormUnit(value, quantity, units, digits = 1) {
    const { MILLIMETRES } = Jaidee.cells;
    const isLength = units && Object.hasOwn(MILLIMETRES, quantity.unit);
    if (!isLength) return amount(value, quantity.unit, digits);
    return amount((value * MILLIMETRES[quantity.unit]) / MILLIMETRES[units.length], units.length, units.length === "m" ? 3 : 1);
  }

  /** Return a limit as its rule states it, a length in the unit of the form. */
  function limit({ lower, upper, rule }, quantity, units) {
    if (quantity.presence) return say(lower > 0 ? "must_be_there" : "must_not_be_there");
    if (quantity.kind === "yes_no") return say(lower > 0 ? "must_be_so" : "must_not_be_so");
    if (Number.isNaN(lower)) return say("by_table");
    // Measured in percent, so the limit stands in percent, and beside it the 1:12 that the law writes.
    const ratio = quantity.kind === "slope" && rule.statedAs.includes(":") ? ` (${rule.statedAs})` : "";
    const digits = quantity.unit === "percent" ? 2 : 1;
    const [low, high] = [lower, upper].map((edge) => `${inFormUnit(edge, quantity, units, digits)}${ratio}`);
    if (Number.isFinite(lower) && Number.isFinite(upper)) {
      return lower === upper ? say("exactly", { value: low }) : `${low} – ${high}`;
    }
    return Number.isFinite(lower) ? `≥ ${low}` : `≤ ${high}`;
  }

  /** Return how far a value is inside or outside its limit; empty where nothing can be said. */
  function margin(inside, quantity, units) {
    if (!Number.isFinite(inside) || quantity.kind === "yes_no") return "";
    const size = Math.abs(inside);
    const amount = quantity.unit === "percent" ? points(size) : inFormUnit(size, quantity, units, size >= 0.1 ? 1 : 3);
    return say(inside >= 0 ? "to_spare" : "off_by", { amount });
  }

  /** Write the distance of two percentages: in percent it might be a share of one of them. */
  function points(size) {
    const amount = number(size, size >= 0.1 ? 2 : 3);
    return say(amount === "1" ? "percentage_point" : "percentage_points", { amount });
  }

  /** Write a slope given in percent in every notation, by notation. */
  function notations(slope) {
    const degrees = number((Math.atan(slope / 100) * 180) / Math.PI, 1);
    const oneIn = slope ? { one_in: `1 : ${number(100 / slope, 1)}` } : {};
    return { percent: `${number(slope, 2)} %`, ...oneIn, degrees: `${degrees}°` };
  }

  /** Spell one way to read a figure out: 900 cm = 9 m; `units` are those of the form. */
  function spelled(way, units) {
    const every = notations(way.value);
    if (every[way.unit]) return [every[way.unit], ...Object.keys(every).filter((key) => key !== way.unit).map((key) => every[key])].join(" = ");
    const again = units.length !== way.unit ? units.length : way.unit === "m" ? "cm" : "m";
    const { MILLIMETRES } = Jaidee.cells;
    return `${way.figure} ${unitName(way.unit)} = ${amount(way.value / MILLIMETRES[again], again, 2)}`;
  }

  const either = (ways) => ways.reduce((first, second) => say("either", { first, second }));

  function problem({ code, values }, units) {
    const shown = { ...values };
    if (values.readings) shown.readings = either(values.readings.map((way) => spelled(way, units)));
    for (const key of ["quantity", "other"]) {
      if (values[key]) shown[key] = name(book.quantities[values[key]].name);
    }
    for (const [key, value] of Object.entries(values.figures || {})) {
      shown[key] = key === "slope" ? amount(value, "percent") : inFormUnit(value, book.quantities[values.quantity], units);
    }
    if (values.unit) shown.unit = unitName(values.unit);
    return fill(name(book.problems[code]), shown);
  }

  /** Say of a finding that is open what settles it: another answer, or a finer measurement; empty for any other. */
  function open({ verdict, waitsFor }) {
    if (verdict === "borderline") return say("too_near");
    if (verdict !== "unknown" || !waitsFor.length) return "";
    return say("depends_on", { questions: waitsFor.map((id) => name(book.quantities[id].question)).join(", ") });
  }

  /** Return the names of the source and the clause of a rule in one line. */
  function clause(rule) {
    const named = `${name(rule.source)} ${name(rule.clause)}`.trim();
    return rule.editionAssumed ? `${named} · ${say("edition_assumed")}` : named;
  }

  /** Say whether some rules bind here, and whether their text is still to be checked; each once. */
  function binding(rules) {
    const parts = rules.flatMap((rule) => [name(book.bases[rule.basis]), ...(rule.unverified ? [say("unverified")] : [])]);
    return [...new Set(parts)].join(" · ");
  }

  function score({ low, high }) {
    if (!Number.isFinite(low)) return say("no_score");
    const [from, to] = [number(low, 0), number(high, 0)];
    return from === to ? from : say("from_to", { low: from, high: to });
  }

  return Object.freeze({
    ...{ begin, use, language: () => spoken, say, name, number, amount, unitName, inWords, day, today, date, time },
    ...{ notations, spelled, limit, margin, open, problem, clause, binding, score, verdictSign: (verdict) => SIGNS[verdict] },
  });
})();
