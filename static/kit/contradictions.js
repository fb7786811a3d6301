/**
 * Ask about answers of one element that cannot both be true; the twin of audits/field/contradictions.py.
 *
 * found(rules, quantities, readings) -> {quantity id: {code, values: {quantity, other, figures?}}}
 *   rules       of the pack: [quantity answered, [quantities against it], 1 where it is the whole of a part, the slope
 *               at which it climbs as high as the part, where there is one]; no quantities means every other
 *   quantities  of the book
 *   readings    of Jaidee.judge.readings
 *   figures     of a part that is too high: {length, slope, climb, written}, in the units of their quantities
 */
Jaidee.contradictions = (() => {
  "use strict";

  const [NOT_THERE, PART_GREATER, TOO_HIGH] = ["ANSWER-011", "ANSWER-012", "ANSWER-013"];

  function contradicts(quantity, answer, against, isWhole, slope) {
    // Level landings are part of the length, so a ramp climbs rather less.
    if (slope) return against.lowest - against.uncertainty > (most(answer) * most(slope)) / 100;
    // Within what both are uncertain by, they may be equal.
    if (isWhole) return against.lowest > answer.highest + 2 * Math.max(answer.uncertainty, against.uncertainty);
    const counted = quantity.unit === "yes_no" || quantity.unit === "count";
    return answer.highest === 0 && (!counted || against.highest > 0);
  }

  function most(reading) {
    return reading.highest + reading.uncertainty;
  }

  function climb({ highest: length }, { highest: slope }, { lowest: written }) {
    return { figures: { length, slope, climb: (length * slope) / 100, written } };
  }

  function found(rules, quantities, readings) {
    const problems = {};
    for (const [other, named, isWhole, slope] of rules) {
      const answer = readings[other];
      if (!answer || (slope && !readings[slope])) continue;
      const against = named.length ? named : Object.keys(readings).filter((id) => id !== other);
      for (const id of against) {
        if (!readings[id] || problems[id]) continue;
        if (!contradicts(quantities[id], answer, readings[id], isWhole, readings[slope])) continue;
        const code = slope ? TOO_HIGH : isWhole ? PART_GREATER : NOT_THERE;
        problems[id] = { code, values: { quantity: id, other, ...(slope && climb(answer, readings[slope], readings[id])) } };
      }
    }
    return problems;
  }

  return Object.freeze({ found });
})();
