/* The browser's storage. Where it is forbidden, each of these throws. */

/** The names under which anything is kept.
 * @returns {string[]} */
export const keys = () => Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "");
