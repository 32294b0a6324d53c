/* An order that is always the same for one seed and salt: Fisher-Yates with Park & Miller's minimal standard generator,
   whose products stay below 2**53. */

const MODULUS = 2147483647;
const MULTIPLIER = 48271;

const POLYNOMIAL = 0xedb88320; // of CRC-32, as in gzip

/** What a known person's order of options is drawn from: the same on every device and in a notebook, as
 * `seed_of` in himaya.publish.folder says.
 * @param {string} person
 * @param {string} activity */
export function seedOf(person, activity) {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(`${person}|${activity}`)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
  }
  return ~sum & 0x7fffffff;
}

/** @template T
 * @param {readonly T[]} entries
 * @param {number} seed
 * @param {number} salt
 * @returns {T[]} */
export function shuffled(entries, seed, salt = 0) {
  const result = [...entries];
  let number = ((seed + salt * 7919) % (MODULUS - 1)) + 1;
  for (let last = result.length - 1; last > 0; last -= 1) {
    number = (number * MULTIPLIER) % MODULUS;
    const other = number % (last + 1);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
