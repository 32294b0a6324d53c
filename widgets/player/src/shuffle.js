/* An order that is always the same for one seed and salt: Fisher-Yates with Park & Miller's minimal standard generator,
   whose products stay below 2**53. */

const MODULUS = 2147483647;
const MULTIPLIER = 48271;

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
