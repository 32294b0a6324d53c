/* Reading hostile values: what stands in an event is anything that JSON can say. */

/** @typedef {{ id: string }} Entry */

/** @param {unknown} value
 * @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** A field of an event, or null.
 * @param {object} event
 * @param {string} name
 * @returns {unknown} */
export const field = (event, name) => (Object.hasOwn(event, name) ? /** @type {Record<string, unknown>} */ (event)[name] : null);

/** @param {unknown} value
 * @param {string[]} allowed */
export const readId = (value, allowed) => (typeof value === "string" && allowed.includes(value) ? value : null);

/** Ids without repeats, or null.
 * @param {unknown} value
 * @param {string[]} allowed */
export function readIds(value, allowed) {
  if (!Array.isArray(value) || value.length > allowed.length) return null;
  /** @type {string[]} */
  const seen = [];
  for (const entry of value) {
    if (readId(entry, allowed) === null || seen.includes(entry)) return null;
    seen.push(entry);
  }
  return seen;
}

/** The entry with an id, or null.
 * @template {Entry} T
 * @param {T[]} entries
 * @param {unknown} wanted */
export const byId = (entries, wanted) => entries.find((entry) => entry.id === wanted) ?? null;

/** The entry with an id that is known to be there.
 * @template {Entry} T
 * @param {T[]} entries
 * @param {string} wanted */
export function known(entries, wanted) {
  const found = byId(entries, wanted);
  if (found === null) throw new Error(`there is nothing called ${wanted}`);
  return found;
}

/** @param {Entry[]} entries */
export const ids = (entries) => entries.map((entry) => entry.id);

/** @param {{ id: string, text: string }[]} entries
 * @param {string} id */
export const textOf = (entries, id) => known(entries, id).text;

/** Options as they may be shown: their ids and texts alone.
 * @param {{ id: string, text: string }[]} entries */
export const shownOptions = (entries) => entries.map(({ id, text }) => ({ id, text }));
