/* What helps to find one's way in a module: what is answered, which lessons are done, a search. */

import { byName, element, fill } from "./elements.js";
import { replay } from "./fold.js";
import { comparable, wordsOf } from "./search.js";

/** @import { Journal } from "./hosts/database.js" */
/** @import { Section } from "./player.js" */
/** @import { Stepper } from "./stepper.js" */
/** @import { PageData, Say } from "./types.js" */

const MOST_FOUND = 20;
const AROUND = 40; // letters on each side of what was found
const BLOCKS = "h1, h2, h3, h4, h5, p, li, td, th, legend, summary, label, .himaya-step";

/** @param {PageData & { journal: Journal | null, say: Say }} page
 * @param {Stepper} stepper */
export function drawContents({ journal, activities, owner, say }, stepper) {
  const rows = journal?.rows ?? [];
  /** @type {Map<string, boolean>} */
  const finished = new Map();
  const asked = Object.values(activities).filter((activity) => activity.mode !== "pretest");

  for (const activity of Object.values(activities)) {
    finished.set(activity.id, replay(activity, rows.filter((row) => row.activity === activity.id)).finished);
  }
  document.addEventListener("himaya-status", ({ target }) => {
    const [id, now] = finishedIn(target);
    if (now === undefined || !finished.has(id) || finished.get(id) === now) return;
    finished.set(id, now);
    sayProgress();
  });

  function sayProgress() {
    stepper.update(finished);
    const n = asked.filter((activity) => finished.get(activity.id)).length;
    drawProgress(n, asked.length, say);
    try {
      localStorage.setItem(`himaya:${owner}:progress`, `${n}/${asked.length}`);
    } catch {
      // A page without storage still shows how far one is.
    }
  }

  sayProgress();
  drawSearch(stepper, say);
}

/** Which activity has told something, and whether it is finished.
 * @param {EventTarget | Element | null} target
 * @returns {[string, boolean | undefined]} */
export function finishedIn(target) {
  const section = /** @type {Section | null} */ (target);
  return [section?.dataset.activity ?? "", section?.himaya?.view().finished];
}

/** Say on the cover how much is answered.
 * @param {number} n
 * @param {number} total
 * @param {Say} say */
export function drawProgress(n, total, say) {
  const bar = element("progress", { max: String(total), "aria-hidden": "true" });
  bar.value = n;
  byName("himaya-progress").replaceChildren(element("span", {}, fill(say("answered-count"), { n, total })), bar);
}

/** @param {Stepper} stepper
 * @param {Say} say */
export function drawSearch({ screens, drawer, titleOf, reveal }, say) {
  const box = byName("himaya-search");
  const field = element("input", { type: "search", autocomplete: "off", oninput: search, dir: "auto" });
  const count = element("p", { role: "status", class: "himaya-help" });
  const list = element("ul", { class: "found" });
  box.replaceChildren(element("label", {}, element("span", {}, say("search")), field), count, list);

  function search() {
    const wanted = wordsOf(field.value);
    const asked = wanted.join("").length > 1;
    const hits = asked ? [...screens, drawer].flatMap((screen, number) => found(screen, wanted).map((block) => ({ block, number }))) : [];
    count.textContent = !asked ? "" : hits.length === 0 ? say("search-none") : fill(say("search-found"), { n: hits.length });
    list.replaceChildren(...hits.slice(0, MOST_FOUND).map(({ block, number }) => {
      const place = number < screens.length ? titleOf(number) : (block.closest("details")?.querySelector("summary")?.textContent ?? "");
      const text = element("span", {}, around(block.textContent ?? "", wanted[0]));
      return element("li", {}, element("button", { type: "button", onclick: () => reveal(block) }, element("strong", {}, place), text));
    }));
  }
}

/** @param {HTMLElement} screen
 * @param {string[]} wanted */
function found(screen, wanted) {
  const blocks = /** @type {HTMLElement[]} */ (Array.from(screen.querySelectorAll(BLOCKS)));
  return blocks.filter((block) => {
    if (block.querySelector(BLOCKS) !== null || block.closest(".himaya-announce, .himaya-status, #himaya-search") !== null) return false;
    const text = comparable(block.textContent ?? "");
    return wanted.every((word) => text.includes(word));
  });
}

/** What stands around a word; letters that do not count make the text longer than what is compared.
 * @param {string} text
 * @param {string} word */
function around(text, word) {
  const at = comparable(text).indexOf(word);
  let start = 0;
  while (start < text.length && comparable(text.slice(0, start + 1)).length <= at) start += 1;
  const from = Math.max(0, start - AROUND);
  const cut = text.slice(from, start + word.length + AROUND);
  return `${from > 0 ? "…" : ""}${cut}${from + cut.length < text.length ? "…" : ""}`;
}
