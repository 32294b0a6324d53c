/* What helps to find one's way in a long page: progress for each section, where one stopped, a search. */

import { byName, element, fill, shown } from "./elements.js";
import { replay } from "./fold.js";
import { comparable, wordsOf } from "./search.js";

/** @import { Journal } from "./hosts/database.js" */
/** @import { Section } from "./player.js" */
/** @import { PageData, Say } from "./types.js" */

const MOST_FOUND = 20;
const AROUND = 40; // letters on each side of what was found
const BLOCKS = "h1, h2, h3, h4, h5, p, li, td, th, legend, summary, label, .himaya-step";

/** @param {PageData & { journal: Journal | null, say: Say }} page */
export function drawContents({ journal, activities, owner, say }) {
  const sections = Array.from(document.querySelectorAll("main > section[id]"));
  const rows = journal?.rows ?? [];
  /** @type {Map<string, boolean>} */
  const finished = new Map();
  const asked = Object.values(activities).filter((activity) => activity.mode !== "pretest");
  const progress = byName("himaya-progress");
  /** @param {string} key
   * @param {string} value */
  const store = (key, value) => {
    try {
      localStorage.setItem(`himaya:${owner}:${key}`, value);
    } catch {
      // A page without storage still shows how far one is.
    }
  };

  for (const activity of asked) {
    finished.set(activity.id, replay(activity, rows.filter((row) => row.activity === activity.id)).finished);
  }
  document.addEventListener("himaya-status", ({ target }) => {
    const { dataset, himaya } = /** @type {Section} */ (target);
    const id = dataset.activity ?? "";
    const now = himaya?.view().finished;
    if (now === undefined || !finished.has(id) || finished.get(id) === now) return;
    finished.set(id, now);
    sayProgress();
  });

  function sayProgress() {
    for (const section of sections) {
      const places = /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll("[data-show]"));
      const here = Array.from(places, (place) => place.dataset.show ?? "").filter((id) => finished.has(id));
      const mark = document.querySelector(`[data-part="${section.id}"]`);
      if (here.length === 0 || mark === null) continue;
      const done = here.filter((id) => finished.get(id)).length;
      mark.replaceChildren(
        element("span", { "aria-hidden": "true" }, done === here.length ? "✓" : `${shown(done)}/${shown(here.length)}`),
        element("span", { class: "himaya-announce" }, fill(say("answered-count"), { n: done, total: here.length })),
      );
      mark.classList.toggle("done", done === here.length);
    }
    const n = asked.filter((activity) => finished.get(activity.id)).length;
    const bar = element("progress", { max: String(asked.length), "aria-hidden": "true" });
    bar.value = n;
    progress.replaceChildren(fill(say("answered-count"), { n, total: asked.length }), bar);
    store("progress", `${n}/${asked.length}`);
  }

  function offerResume() {
    let place = null;
    try {
      place = localStorage.getItem(`himaya:${owner}:place`);
    } catch {
      // Nothing is kept, so there is nowhere to go on.
    }
    const section = sections.slice(1).find(({ id }) => id === place);
    if (section === undefined || location.hash !== "") return;
    const title = section.querySelector("h2")?.textContent;
    const link = element("a", { href: `#${place}`, onclick: () => line.remove() }, fill(say("go-on-at"), { title }));
    const line = element("p", { class: "resume" }, link);
    progress.after(line);
  }

  function followPlace() {
    const watch = new IntersectionObserver(
      (seen) => {
        for (const { target, isIntersecting } of seen) {
          if (!isIntersecting) continue;
          for (const link of document.querySelectorAll("nav a[aria-current]")) link.removeAttribute("aria-current");
          document.querySelector(`nav a[href="#${target.id}"]`)?.setAttribute("aria-current", "true");
          store("place", target.id);
        }
      },
      { rootMargin: "-20% 0px -75% 0px" },
    );
    for (const section of sections) watch.observe(section);
  }

  sayProgress();
  offerResume();
  followPlace();
  drawSearch(sections, say);
  const nav = document.querySelector("nav details");
  if (nav instanceof HTMLDetailsElement && matchMedia("(min-width: 64rem)").matches) nav.open = true;
}

/** @param {Element[]} sections
 * @param {Say} say */
function drawSearch(sections, say) {
  const box = byName("himaya-search");
  const field = element("input", { type: "search", autocomplete: "off", oninput: search, dir: "auto" });
  const count = element("p", { role: "status", class: "himaya-help" });
  const list = element("ul", { class: "found" });
  box.replaceChildren(element("label", {}, element("span", {}, say("search")), field), count, list);

  function search() {
    const wanted = wordsOf(field.value);
    const asked = wanted.join("").length > 1;
    const hits = asked ? found(sections, wanted) : [];
    count.textContent = !asked ? "" : hits.length === 0 ? say("search-none") : fill(say("search-found"), { n: hits.length });
    list.replaceChildren(...hits.slice(0, MOST_FOUND).map(({ block, section }) =>
      element("li", {}, element("button", { type: "button", onclick: () => goTo(block) }, element("strong", {}, section), element("span", {}, around(block.textContent ?? "", wanted[0])))),
    ));
  }
}

/** @param {Element[]} sections
 * @param {string[]} wanted */
function found(sections, wanted) {
  const hits = [];
  for (const section of sections) {
    const title = section.querySelector("h1, h2")?.textContent ?? "";
    for (const block of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll(BLOCKS))) {
      if (block.querySelector(BLOCKS) !== null || block.closest(".himaya-announce, .himaya-status")) continue;
      const text = comparable(block.textContent ?? "");
      if (wanted.every((word) => text.includes(word))) hits.push({ block, section: title });
    }
  }
  return hits;
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

/** @param {HTMLElement} block */
function goTo(block) {
  let around = block.closest("details");
  while (around) {
    around.open = true;
    around = around.parentElement?.closest("details") ?? null;
  }
  block.tabIndex = -1;
  block.focus({ preventScroll: true });
  block.scrollIntoView({ block: "center" });
}
