/**
 * Say everything in the reader's language: phrases of the pack, numbers, limits, margins, problems.
 *
 * begin(book, language), use(language), language()
 * say(key, values)    -> a phrase of the pack, its {places} filled
 * name({th, en})      -> the name in the reader's language
 * The sentences are those of audits/site_report.py, for the phone.
 */
Jaidee.words = (() => {
  "use strict";

  const SIGNS = { pass: "✓", fail: "✕", borderline: "≈", unknown: "?", not_applicable: "–" };
  let [book, spoken] = [null, "th"];

  function begin(opened, language) {
    book = opened;
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

  function amount(value, unit, digits = 1) {
    return `${number(value, digits)} ${unitName(unit)}`.trim();
  }

  function day(instant) {
    const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
    const calendar = spoken === "th" ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB";
    return new Date(instant).toLocaleString(calendar, { ...options, timeZone: "Asia/Bangkok" });
  }

  /** Return a day written as 2026-11-20. */
  function date(written) {
    const calendar = spoken === "th" ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB";
    const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
    return new Date(`${written}T00:00:00Z`).toLocaleDateString(calendar, options);
  }

  /** Return a limit as its rule states it. */
  function limit({ lower, upper, rule }, quantity) {
    if (quantity.presence) return say(lower > 0 ? "must_be_there" : "must_not_be_there");
    if (quantity.kind === "yes_no") return say(lower > 0 ? "must_be_so" : "must_not_be_so");
    if (Number.isNaN(lower)) return say("by_table");
    const ratio = quantity.kind === "slope" && rule.statedAs.includes(":");
    const [low, high] = [lower, upper].map((edge) => (ratio ? rule.statedAs : amount(edge, quantity.unit)));
    if (Number.isFinite(lower) && Number.isFinite(upper)) {
      return lower === upper ? say("exactly", { value: low }) : `${low} – ${high}`;
    }
    return Number.isFinite(lower) ? `≥ ${low}` : `≤ ${high}`;
  }

  /** Return how far a value is inside or outside its limit; empty where nothing can be said. */
  function margin(inside, quantity) {
    if (!Number.isFinite(inside) || quantity.kind === "yes_no") return "";
    const size = amount(Math.abs(inside), quantity.unit, Math.abs(inside) >= 0.1 ? 1 : 3);
    return say(inside >= 0 ? "to_spare" : "off_by", { amount: size });
  }

  function problem({ code, values }) {
    const shown = { ...values };
    for (const key of ["quantity", "other"]) if (values[key]) shown[key] = name(book.quantities[values[key]].name);
    if (values.unit) shown.unit = unitName(values.unit);
    return fill(name(book.problems[code]), shown);
  }

  /** Return the names of the source, the clause and the basis of a rule in one line. */
  function clause(rule) {
    const parts = [`${name(rule.source)} ${name(rule.clause)}`.trim(), name(book.bases[rule.basis])];
    if (rule.unverified) parts.push(say("unverified"));
    if (rule.editionAssumed) parts.push(say("edition_assumed"));
    return parts.join(" · ");
  }

  function score({ low, high }) {
    if (!Number.isFinite(low)) return say("no_score");
    const [from, to] = [number(low, 0), number(high, 0)];
    return from === to ? from : say("from_to", { low: from, high: to });
  }

  return Object.freeze({
    ...{ begin, use, language: () => spoken, say, name, number, unitName, day, date },
    ...{ limit, margin, problem, clause, score, verdictSign: (verdict) => SIGNS[verdict] },
  });
})();
