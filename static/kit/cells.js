/**
 * Read one typed figure as a number, a slope, a length or a yes, as people in Thailand write them.
 *
 * The twin of audits/formats/cells.py and answers.py for typed text: every text gives the same value or the same problem
 * code there and here, which tests/field/kit/test_cells.py proves. A reader returns a finite number, or the code of a
 * problem as a string.
 *
 * Jaidee.cells.strip(text)                         -> the text without blanks at its ends
 * Jaidee.cells.quantity(text, quantityUnit, unit)  -> number in that unit | code; unit of a bare figure, or null
 * Jaidee.cells.typed(text, quantityUnit, units)    -> the same, under the units of the form: {length, slope}
 * Jaidee.cells.withUnit(text, quantityUnit, units) -> the text with the unit that the form adds to a bare figure
 * Jaidee.cells.figure(text, quantityUnit, units)   -> {written, number, unit, stated} of a length or slope of one figure | null
 * Jaidee.cells.riseOf(text, units)                 -> [rise, length along the slope] in mm | code | null for another text
 * Jaidee.cells.unmarked(text) -> {plain, sure}     -> without the mark of a figure that was confirmed; confirmed(text) adds it
 */
var Jaidee = globalThis.Jaidee || {};

Jaidee.cells = (() => {
  "use strict";

  const LONGEST_CELL = 200;
  const ONE_IN = "one_in";
  const NOT_A_NUMBER = "CELL-001";
  const SCIENTIFIC = "CELL-002";
  const NOT_FINITE = "CELL-003";
  const SLOPE_UNIT = "CELL-004";
  const SLOPE_UPSIDE_DOWN = "CELL-005";
  const NOT_A_SLOPE = "CELL-006";
  const SLOPE_RANGE = "CELL-007";
  const LENGTH_UNIT = "CELL-009";
  const NOT_A_LENGTH = "CELL-010";
  const NEGATIVE = "CELL-011";
  const NOT_YES_OR_NO = "CELL-012";
  const NOT_A_COUNT = "CELL-013";
  const SLOPE_RANGE_DEGREES = "CELL-021";
  const PART_MISSING = "ANSWER-003";
  const RISE_TOO_GREAT = "ANSWER-004";
  const CONFIRMED = "✓";

  const MILLIMETRES = Object.freeze({ mm: 1, cm: 10, m: 1000, in: 25.4, ft: 304.8 });

  const SIGNS = new Map(
    Array.from("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９：∶，．％′’″”“−‐‑–º˚⁄∕／", (sign, place) => [sign, "01234567890123456789::,.%''\"\"\"----°°///"[place]]).concat(
      Object.entries({ "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅛": " 1/8" }),
    ),
  );
  // letters whose folded form is plain Latin, which lower case alone leaves as they are
  const FOLDED = new Map(
    Object.entries({ ß: "ss", ẞ: "ss", ſ: "s", ﬀ: "ff", ﬁ: "fi", ﬂ: "fl", ﬃ: "ffi", ﬄ: "ffl", ﬅ: "st", ﬆ: "st" }),
  );
  // the blanks of Python's str.split; the \s of JavaScript has others
  const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const BLANKS = new RegExp(`[${BLANK}]+`, "g");
  const EDGES = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");

  const NUMBER =
    "(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\\.[0-9]+)?" +
    "|[1-9][0-9]{0,2}(?:\\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\\.[0-9]{3}){2,}" +
    "|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?" +
    "|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)";
  const FRACTION = "(?:[0-9]+[ -])?[0-9]+/[1-9][0-9]*";
  const LENGTH_WORDS = {
    mm: ["mm", "มม", "มิลลิเมตร", "millimetres", "millimeters"],
    cm: ["cm", "ซม", "เซนติเมตร", "เซ็นติเมตร", "centimetres", "centimeters"],
    m: ["m", "ม", "เมตร", "metres", "meters"],
    in: ["in", '"', "นิ้ว", "inch", "inches", "''"],
    ft: ["ft", "'", "ฟุต", "foot", "feet"],
  };
  const LENGTH_UNITS = new Map(
    Object.entries(LENGTH_WORDS).flatMap(([unit, words]) => words.map((word) => [word, unit])),
  );
  const LONGEST_FIRST = [...LENGTH_UNITS.keys()].sort((one, other) => other.length - one.length).join("|");

  const WHOLE_NUMBER = whole(`[+-]?${NUMBER}`);
  const WHOLE_FRACTION = whole(FRACTION);
  const THOUSANDS = whole("[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+|[+-]?[1-9][0-9]{0,2}(\\.[0-9]{3}){2,}");
  const E_NOTATION = whole("[+-]?[0-9]*[.,]?[0-9]+[eE][+-]?[0-9]+");
  const RATIO = whole(`(-?${NUMBER}) ?(?:[:/]|ต่อ|ใน|in) ?(-?${NUMBER})`);
  const CLOCK = /0?([0-9]{1,2}):([0-9]{2}):00/g;
  const SLOPE = whole(
    `(?<before>ร้อยละ)? ?(?<number>[+-]?${NUMBER}) ?` +
      "(?<after>%|percent|เปอร์เซ็นต์|เปอร์เซนต์|°|deg(?:rees?)?|องศา)?",
  );
  const DEGREES = new Set(["°", "deg", "degree", "degrees", "องศา"]);
  const PART = ` ?(?<number>${FRACTION}|${NUMBER}) ?(?<unit>${LONGEST_FIRST})\\.?[ -]?`;
  const LENGTH_PART = new RegExp(PART, "y");
  const WHOLE_LENGTH = whole(PART);
  const RISE_AND_LENGTH = whole("(?:rise|สูง) ?([^\\n]*?) ?(?:along|ลาด) ?([^\\n]*)");
  const YES = new Set(["yes", "y", "true", "t", "1", "มี", "ใช่", "ได้", "✓", "✔", "☑", "√", "/"]);
  const NO = new Set(["no", "n", "false", "f", "0", "ไม่มี", "ไม่ใช่", "ไม่ได้", "ไม่", "✗", "✘", "×"]);

  /** Return a pattern that fits the whole text or nothing. */
  function whole(pattern) {
    return new RegExp(`^(?:${pattern})$`);
  }

  /** Return a text without the blanks at its ends. */
  function strip(text) {
    return text.replace(EDGES, "");
  }

  const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

  /** Return a text with Thai figures and full-width signs in ASCII, and single blanks. */
  function clean(text) {
    const signs = Array.from(text).slice(0, LONGEST_CELL + 1);
    return strip(signs.filter((sign) => !UNSEEN.test(sign)).map((sign) => SIGNS.get(sign) ?? sign).join("").replace(BLANKS, " "));
  }

  function fold(text) {
    return Array.from(text, (sign) => FOLDED.get(sign) ?? sign).join("").toLowerCase();
  }

  function tooLong(text) {
    return Array.from(text).length > LONGEST_CELL;
  }

  function namesNoNumber(text) {
    return ["nan", "inf", "infinity"].includes(fold(text).replace(/^[+-]+/, ""));
  }

  /** Return the figure that a text fitting NUMBER writes; the last of two different separators is the decimal one. */
  function figureOf(text) {
    const plain = text.replaceAll(" ", "");
    if (plain.includes(",") && plain.includes(".")) {
      const thousands = plain.lastIndexOf(".") > plain.lastIndexOf(",") ? "," : ".";
      return Number(plain.replaceAll(thousands, "").replaceAll(",", "."));
    }
    if (THOUSANDS.test(plain)) return Number(plain.replaceAll(",", "").replaceAll(".", ""));
    return Number(plain.replaceAll(",", "."));
  }

  /** Read a number: Thai figures, a decimal comma, thousands. */
  function number(written) {
    const text = clean(written);
    if (namesNoNumber(text)) return NOT_FINITE;
    if (E_NOTATION.test(text)) return SCIENTIFIC;
    if (tooLong(text) || !WHOLE_NUMBER.test(text)) return NOT_A_NUMBER;
    const found = figureOf(text);
    return Number.isFinite(found) ? found : NOT_FINITE;
  }

  function slopeFromRatio(rise, run) {
    if (rise < 0 || run < 0) return NEGATIVE;
    if (rise === 0 || run === 0) return NOT_A_SLOPE;
    return rise <= run ? (100 * rise) / run : SLOPE_UPSIDE_DOWN;
  }

  function slopeInUnit(figure, unit) {
    if (figure < 0) return NEGATIVE;
    if (unit === null) return SLOPE_UNIT;
    if (unit === "ratio" && figure > 1) return SLOPE_UPSIDE_DOWN;
    if (unit === "degrees") return figure <= 45 ? Math.tan((figure * Math.PI) / 180) * 100 : SLOPE_RANGE_DEGREES;
    const percent = unit === "ratio" ? figure * 100 : figure;
    return percent <= 100 + 1e-9 ? percent : SLOPE_RANGE;
  }

  /**
   * Read a slope in percent: 1:12, 1/12, 8.33%, 4.76°.
   * @param {string} written
   * @param {?string} unit - of a bare figure; what the text itself says goes first; null refuses a bare figure
   */
  function slopePct(written, unit) {
    const text = fold(clean(written));
    if (tooLong(text)) return NOT_A_SLOPE;
    if (namesNoNumber(text)) return NOT_FINITE;
    const ratio = RATIO.exec(text.replace(CLOCK, "$1:$2"));
    if (ratio) return slopeFromRatio(figureOf(ratio[1]), figureOf(ratio[2]));
    const found = SLOPE.exec(text);
    if (!found) return NOT_A_SLOPE;
    return slopeInUnit(figureOf(found.groups.number), slopeUnit(found.groups, unit));
  }

  function slopeUnit({ before, after }, unit) {
    if (before) return "percent";
    if (after) return DEGREES.has(after) ? "degrees" : "percent";
    return unit;
  }

  /** Return the slope in percent from the rise and the length along the slope, both in millimetres. */
  function slopeFromRise(riseMm, lengthMm) {
    if (!Number.isFinite(riseMm) || !Number.isFinite(lengthMm)) return NOT_FINITE;
    if (riseMm < 0) return NEGATIVE;
    if (riseMm >= lengthMm) return SLOPE_UPSIDE_DOWN;
    const runMm = Math.sqrt(lengthMm * lengthMm - riseMm * riseMm);
    return slopeInUnit((100 * riseMm) / runMm, "percent");
  }

  function fractionOrNumber(text) {
    if (!text.includes("/")) return figureOf(text);
    const parts = text.replaceAll("-", " ").split(" ");
    const [over, under] = parts.pop().split("/");
    return Number(parts[0] ?? 0) + Number(over) / Number(under);
  }

  /**
   * Read a length in millimetres: 900 มม., 90 cm, 1 ม. 20 ซม., 2'6", 35 1/2 in.
   * @param {string} written
   * @param {?string} unit - of a bare figure: mm, cm, m, in or ft; null refuses a bare figure
   */
  function lengthMm(written, unit) {
    const bare = number(written);
    if (typeof bare === "number") {
      if (bare < 0) return NEGATIVE;
      return unit === null ? LENGTH_UNIT : bare * MILLIMETRES[unit];
    }
    if (bare !== NOT_A_NUMBER) return bare;
    const text = fold(clean(written));
    if (text.startsWith("-") && text.length > 1) return NEGATIVE;
    if (unit !== null && WHOLE_FRACTION.test(text)) return fractionOrNumber(text) * MILLIMETRES[unit];
    return lengthInParts(text);
  }

  function lengthInParts(text) {
    if (tooLong(text)) return NOT_A_LENGTH;
    let [total, place, last] = [0, 0, Infinity];
    while (place < text.length) {
      LENGTH_PART.lastIndex = place;
      const part = LENGTH_PART.exec(text);
      const size = part && MILLIMETRES[LENGTH_UNITS.get(part.groups.unit)];
      if (!part || size >= last) return NOT_A_LENGTH;
      total += fractionOrNumber(part.groups.number) * size;
      [place, last] = [LENGTH_PART.lastIndex, size];
    }
    return Number.isFinite(last) && Number.isFinite(total) ? total : NOT_A_LENGTH;
  }

  /** Read yes as 1 and no as 0. A Latin x is refused: it ticks a box here and crosses it out there. */
  function yesNo(written) {
    const text = fold(clean(written));
    if (YES.has(text)) return 1;
    return NO.has(text) ? 0 : NOT_YES_OR_NO;
  }

  /** Read a number of things: whole, zero or more. */
  function count(written) {
    const figure = number(written);
    if (typeof figure === "string") return figure;
    if (figure < 0) return NEGATIVE;
    return Number.isInteger(figure) ? figure : NOT_A_COUNT;
  }

  /** Read a figure in the unit of its quantity; `unit` is that of a bare figure, or null. */
  function quantity(written, quantityUnit, unit) {
    if (quantityUnit === "percent") return slopePct(written, unit);
    if (Object.hasOwn(MILLIMETRES, quantityUnit)) {
      const length = lengthMm(written, unit);
      return typeof length === "string" ? length : length / MILLIMETRES[quantityUnit];
    }
    if (quantityUnit === "yes_no") return yesNo(written);
    if (quantityUnit === "count") return count(written);
    const figure = number(written);
    return typeof figure === "number" && figure < 0 ? NEGATIVE : figure;
  }

  /** Read a figure typed into a form that has its own units of bare figures. */
  function typed(text, quantityUnit, units) {
    if (quantityUnit === "percent") return typedSlope(text, units);
    return quantity(text, quantityUnit, Object.hasOwn(MILLIMETRES, quantityUnit) ? units.length : null);
  }

  function typedSlope(text, units) {
    const pair = riseOf(text, units);
    if (pair !== null) {
      const slope = typeof pair === "string" ? pair : slopeFromRise(...pair);
      return [SLOPE_UPSIDE_DOWN, SLOPE_RANGE].includes(slope) ? RISE_TOO_GREAT : slope;
    }
    if (units.slope !== ONE_IN) return slopePct(text, units.slope);
    return slopePct(isBare(text) ? `1:${text}` : text, null);
  }

  /** Read rise and length along the slope; a bare figure takes the unit of the other one, else that of the form. */
  function riseOf(text, units) {
    const found = RISE_AND_LENGTH.exec(text);
    if (!found) return null;
    const parts = [strip(found[1]), strip(found[2])];
    if (!parts.every(Boolean)) return PART_MISSING;
    const named = parts.map(singleLength).filter(Boolean).pop();
    const [rise, length] = parts.map((part) => lengthMm(part, named ? named.unit : units.length));
    if (typeof rise === "string") return rise;
    return typeof length === "string" ? length : [rise, length];
  }

  /** Split a length of one figure; null for 2'6" and other texts. */
  function singleLength(written) {
    const text = fold(clean(written));
    const part = tooLong(text) ? null : WHOLE_LENGTH.exec(text);
    if (!part) return null;
    const { number: figure, unit } = part.groups;
    return { written: figure, number: fractionOrNumber(figure), unit: LENGTH_UNITS.get(unit), stated: true };
  }

  /** Split a slope that says its notation; null for any other text, also for a ratio such as 2:25. */
  function signedSlope(written) {
    const text = fold(clean(written));
    if (tooLong(text)) return null;
    const ratio = RATIO.exec(text.replace(CLOCK, "$1:$2"));
    if (ratio) {
      if (figureOf(ratio[1]) !== 1) return null;
      return { written: ratio[2], number: figureOf(ratio[2]), unit: ONE_IN, stated: true };
    }
    const found = SLOPE.exec(text);
    const unit = found && slopeUnit(found.groups, null);
    return unit ? { written: found.groups.number, number: figureOf(found.groups.number), unit, stated: true } : null;
  }

  function figure(text, quantityUnit, units) {
    const isSlope = quantityUnit === "percent";
    const bare = number(text);
    if (typeof bare !== "number") return isSlope ? signedSlope(text) : singleLength(text);
    return { written: clean(text), number: bare, unit: isSlope ? units.slope : units.length, stated: false };
  }

  function unmarked(text) {
    const plain = text.replace(/[✓! ]+$/, "");
    return { plain, sure: plain !== text.replace(/ +$/, "") };
  }

  const confirmed = (text) => `${unmarked(text).plain} ${CONFIRMED}`;

  function isBare(text) {
    return typeof number(text) === "number";
  }

  /** Return what was typed with the unit that the form added to it. */
  function withUnit(text, quantityUnit, units) {
    const { plain, sure } = unmarked(text);
    if (quantityUnit === "yes_no" || !isBare(plain)) return text;
    let signed = Object.hasOwn(MILLIMETRES, quantityUnit) ? `${plain} ${units.length}` : plain;
    if (quantityUnit === "percent") {
      signed = units.slope === ONE_IN ? `1:${plain}` : `${plain}${units.slope === "percent" ? "%" : "°"}`;
    }
    return sure ? confirmed(signed) : signed;
  }

  return Object.freeze({
    ...{ MILLIMETRES, ONE_IN, strip, quantity, typed, withUnit, isBare },
    ...{ figure, singleLength, riseOf, unmarked, confirmed },
  });
})();
