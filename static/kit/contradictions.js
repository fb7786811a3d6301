/**
 * Ask about answers of one element that cannot both be true; the twin of audits/field/contradictions.py.
 *
 * found(rules, quantities, readings) -> {quantity id: {code, values: {quantity, other}}}
 *   rules       of the pack: [quantity answered, [quantities against it], 1 where it is the whole of a part]; no
 *               quantities means every other
 *   quantities  of the book
 *   readings    of Jaidee.judge.readings
 */
Jaidee.contradictions = (() => {
  "use strict";

  const [NOT_THERE, PART_GREATER] = ["ANSWER-011", "ANSWER-012"];

  function contradicts(quantity, answer, against, isWhole) {
    // Within what both are uncertain by, they may be equal.
    if (isWhole) return against.lowest > answer.highest + 2 * Math.max(answer.uncertainty, against.uncertainty);
    const counted = quantity.unit === "yes_no" || quantity.unit === "count";
    return answer.highest === 0 && (!counted || against.highest > 0);
  }

  function found(rules, quantities, readings) {
    const problems = {};
    for (const [other, named, isWhole] of rules) {
      const answer = readings[other];
      if (!answer) continue;
      const against = named.length ? named : Object.keys(readings).filter((id) => id !== other);
      for (const id of against) {
        if (!readings[id] || problems[id] || !contradicts(quantities[id], answer, readings[id], isWhole)) continue;
        problems[id] = { code: isWhole ? PART_GREATER : NOT_THERE, values: { quantity: id, other } };
      }
    }
    return problems;
  }

  return Object.freeze({ found });
})();
