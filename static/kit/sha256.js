/**
 * Name bytes by their SHA-256, also where the browser's own is not given: on http:// addresses other than this machine.
 *
 * Jaidee.sha256.hex(bytes)        -> 64 hexadecimal digits of a Uint8Array, at once
 * Jaidee.sha256.ofBytes(bytes)    -> promise of the same, by the browser's own where there is one
 * Jaidee.sha256.ofText(text)      -> promise, of the text in UTF-8
 * Source: FIPS 180-4, section 6.2.
 */
Jaidee.sha256 = (() => {
  "use strict";

  const PRIMES = [];
  for (let number = 2; PRIMES.length < 64; number++) if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;
  const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
  const FIRST = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

  /** Return the bytes with the bit 1, zeros, and their length in bits. */
  function padded(bytes) {
    const whole = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
    whole.set(bytes);
    whole[bytes.length] = 0x80;
    const view = new DataView(whole.buffer);
    view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(whole.length - 4, (bytes.length << 3) >>> 0);
    return view;
  }

  function mixBlock(state, words, view, offset) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(offset + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [early, late] = [words[t - 15], words[t - 2]];
      const low = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const high = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[t] = words[t - 16] + low + words[t - 7] + high;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[t] + words[t]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] += word));
  }

  function hex(bytes) {
    const [state, words, view] = [Int32Array.from(FIRST), new Int32Array(64), padded(bytes)];
    for (let offset = 0; offset < view.byteLength; offset += 64) mixBlock(state, words, view, offset);
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  async function ofBytes(bytes) {
    if (!globalThis.crypto?.subtle) return hex(bytes);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const ofText = (text) => ofBytes(new TextEncoder().encode(text));

  return Object.freeze({ hex, ofBytes, ofText });
})();
