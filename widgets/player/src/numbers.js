/* Reading a number as people in three scripts write it. */

const DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"];
const IGNORED = " \u00a0\u202f\u200e\u200f\u061c\u066c"; // spaces, direction marks, Arabic thousands separator

/** @param {string} character */
function readDigit(character) {
  for (const digits of DIGITS) {
    const position = digits.indexOf(character);
    if (position >= 0) return position;
  }
  return null;
}

/** Text as a whole number of ten-thousandths, or null where it is not one clear number.
 * @param {string} text */
export function readNumber(text) {
  let whole = 0;
  let decimals = 0;
  let total = 0;
  let negative = false;
  let afterPoint = false;
  for (const character of text) {
    if (IGNORED.includes(character)) continue;
    const digit = readDigit(character);
    if (digit !== null) {
      total = total * 10 + digit;
      if (afterPoint) decimals += 1;
      else whole += 1;
    } else if (".\u066b".includes(character) && !afterPoint && whole > 0) {
      afterPoint = true;
    } else if ("-\u2212".includes(character) && !negative && whole === 0) {
      negative = true;
    } else {
      return null;
    }
    if (whole > 9 || decimals > 4) return null;
  }
  if (whole === 0 || (afterPoint && decimals === 0)) return null;
  for (let place = decimals; place < 4; place += 1) total *= 10;
  return negative && total > 0 ? -total : total;
}
