/* HMAC-SHA-256 (RFC 2104, FIPS 180-4). A page opened from a phone's storage is no secure context everywhere, and then has no
   crypto.subtle; the seal shows an altered file, it keeps no secret. */

const BLOCK = 64;
const utf8 = new TextEncoder();

/** The first 32 bits of the fractions of roots of the first primes.
 * @param {number} count
 * @param {number} root */
function constants(count, root) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) prime = false;
    if (prime) found.push(((number ** (1 / root)) % 1) * 2 ** 32 | 0);
  }
  return found;
}

const K = constants(64, 3);
const START = constants(8, 2);

/** @param {number} word
 * @param {number} by */
const turned = (word, by) => (word >>> by) | (word << (32 - by));

/** @param {Uint8Array} bytes
 * @returns {Uint8Array} */
export function sha256(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const hash = Int32Array.from(START);
  const w = new Int32Array(64);
  for (let at = 0; at < padded.length; at += BLOCK) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(at + i * 4);
    for (let i = 16; i < 64; i += 1) {
      const s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] += value;
  }
  const result = new DataView(new ArrayBuffer(32));
  for (const [i, value] of hash.entries()) result.setInt32(i * 4, value);
  return new Uint8Array(result.buffer);
}

/** @param {Uint8Array} key At most 64 bytes.
 * @param {string} text
 * @returns {string} 64 hexadecimal digits. */
export function hmac(key, text) {
  /** @param {number} mask
   * @param {Uint8Array} bytes */
  const round = (mask, bytes) => {
    const all = new Uint8Array(BLOCK + bytes.length).fill(mask, 0, BLOCK);
    for (const [at, byte] of key.entries()) all[at] ^= byte;
    all.set(bytes, BLOCK);
    return sha256(all);
  };
  return hex(round(0x5c, round(0x36, utf8.encode(text))));
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text */
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
