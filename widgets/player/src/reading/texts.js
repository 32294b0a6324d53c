/* Where words stand, and which words a correction changed; the same rule as himaya.signoff.terms.occurrences. */

const WORD = /[\p{L}\p{M}\p{N}]/u;

/** Whether `phrase` stands in a text; `whole`: as whole words only.
 * @param {string} text
 * @param {string} phrase
 * @param {boolean} whole */
export function standsIn(text, phrase, whole) {
  for (let at = text.indexOf(phrase); phrase !== "" && at >= 0; at = text.indexOf(phrase, at + phrase.length)) {
    if (!whole || (!WORD.test(text.charAt(at - 1)) && !WORD.test(text.charAt(at + phrase.length)))) return true;
  }
  return false;
}

/** The words that differ between two texts: what stood there, and what stands there now.
 * @param {string} before
 * @param {string} after
 * @returns {{ from: string, to: string }} */
export function changedWords(before, after) {
  const [old, now] = [before, after].map((text) => text.split(/(\s+)/));
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const cut = (/** @type {string[]} */ words) => words.slice(start, words.length - end).join("").trim();
  const [from, to] = [cut(old), cut(now)];
  const tail = /[\p{P}]*$/u.exec(from)?.[0] ?? "";
  if (tail !== "" && to.endsWith(tail) && from !== tail && to !== tail) return { from: from.slice(0, -tail.length), to: to.slice(0, -tail.length) };
  return { from, to };
}
