/* What somebody types is compared with what is written: letters that are typed in several ways, or left out, count as
   one, and so do the digits of three scripts. */

/** @type {[RegExp, (letter: string) => string][]} */
const ALIKE = [
  [/[\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u061c\u2066-\u2069]/g, () => ""],
  [/[آأإٱ]/g, () => "ا"],
  [/[ىیێئ]/g, () => "ي"],
  [/[ۆؤ]/g, () => "و"],
  [/ک/g, () => "ك"],
  [/[ةەھ]/g, () => "ه"],
  [/ڕ/g, () => "ر"],
  [/ڵ/g, () => "ل"],
  [/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15)],
];

/** Text as it is compared in a search.
 * @param {string} text */
export const comparable = (text) =>
  ALIKE.reduce((left, [letters, one]) => left.replace(letters, one), text.normalize("NFKC").toLowerCase());

/** The words that somebody looks for; all of them are to be found, in any order.
 * @param {string} typed */
export const wordsOf = (typed) => comparable(typed).split(/\s+/).filter(Boolean);
