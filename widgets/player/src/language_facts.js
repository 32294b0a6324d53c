/* What a page knows of languages. It comes with the page's words, from himaya.languages.facts; nothing here infers any. */

/**
 * @typedef {object} Language
 * @property {"ltr" | "rtl"} direction
 * @property {string} intl whose plural rule the browser takes
 * @property {string} semicolon between entries that may hold commas
 * @property {string} separator between facts in a line
 * @property {string[]} categories names of the plural forms, in the order of the forms
 */
/**
 * @typedef {object} Facts
 * @property {Record<string, Language>} languages
 * @property {Record<string, { digits: string, point: string }>} numerals
 */

/** @type {Facts} */
let facts = { languages: {}, numerals: {} };

/** @param {Facts} known */
export function useFacts(known) {
  facts = known;
}

/** @param {string} language */
export const directionOf = (language) => facts.languages[language]?.direction ?? "auto";

/** @param {string} language */
export const separatorOf = (language) => facts.languages[language]?.separator ?? ", ";

/** @param {string} language */
export const semicolonOf = (language) => facts.languages[language]?.semicolon ?? "; ";

/** @param {string} style */
export const numeralsOf = (style) => facts.numerals[style];

/**
 * Which form of a sentence a number takes, as himaya.languages.facts.plural_form says.
 * @param {string} language
 * @param {number} n
 */
export function pluralForm(language, n) {
  const { intl, categories } = facts.languages[language];
  return Number.isInteger(n) ? categories.indexOf(new Intl.PluralRules(intl).select(n)) : categories.length - 1;
}
