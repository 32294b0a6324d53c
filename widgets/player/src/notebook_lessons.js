/* A bar above a notebook, or in the header of an app, with the list of lessons: whoever chooses one sees its cells alone, and
   finds it again the next time. It only hides; no cell changes. */

import { button, element } from "./elements.js";

/** @import { Section } from "./player.js" */

/** @typedef {"direction" | "lessons" | "app-kind-module" | "go-back" | "continue" | "done"} Word */
/** What the build writes into a notebook.
 * @typedef {{ parts: { cells: string[], titles: Record<string, string> }[], say: Record<string, Record<Word, string>> }} Lessons */
/** A cell of the notebook, as far as it is used here.
 * @typedef {{ model: { id: string }, node: HTMLElement }} Cell */

const WHOLE = -1;

/** @param {Lessons} lessons
 * @param {{ language: string, place: string, cells(): readonly Cell[], toTop(shown: readonly string[]): void, closed?: AbortSignal }} notebook
 *   `place`: the address of this person's notebook, which names what the browser keeps. `toTop`: gets the ids that cells of
 *   the part may have that is shown now; none where all are. `closed`: aborts once the notebook is closed. */
export function openLessons({ parts, say }, { language, place, cells, toTop, closed }) {
  const key = `himaya:${place}:lesson`;
  const choices = element("select", { "data-key": "lesson", onchange: () => show(Number(choices.value)) });
  const back = button("previous", "", () => show(at - 1));
  const next = button("next", "", () => show(at + 1));
  const told = element("span", { role: "status" });
  const bar = element("nav", { class: "himaya-lessons" }, choices, back, next, told);
  let at = WHOLE;
  let spoken = language;
  let drawn = "";

  /** @param {string} id */
  const isHere = (id) => at === WHOLE || parts[at].cells.includes(id) || !parts.some((part) => part.cells.includes(id));

  /** Show one part, or all of them.
   * @param {number} number */
  function show(number) {
    const pressed = [back, next].find((each) => each === document.activeElement);
    open(number);
    if (pressed?.disabled) choices.focus(); // a disabled button would lose the focus
    told.textContent = choices.selectedOptions[0]?.textContent ?? "";
    toTop(shown());
  }

  const shown = () => (at === WHOLE ? [] : parts[at].cells);

  /** @param {number} number */
  function open(number) {
    at = number;
    for (const { model, node } of cells()) node.classList.toggle("himaya-folded", !isHere(model.id));
    choices.value = String(at);
    back.disabled = at <= 0;
    next.disabled = at === parts.length - 1;
    keep();
  }

  function keep() {
    try {
      if (at === WHOLE) localStorage.removeItem(key);
      else localStorage.setItem(key, parts[at].cells[0]);
    } catch {
      // Without storage nothing is remembered, and everything else works.
    }
  }

  function kept() {
    try {
      const id = localStorage.getItem(key);
      return parts.findIndex((part) => part.cells[0] === id);
    } catch {
      return WHOLE;
    }
  }

  /** Whether something is asked in a part, and all of it is finished.
   * @param {string[]} ids */
  function isDone(ids) {
    const here = cells().filter(({ model }) => ids.includes(model.id));
    const asked = here.flatMap(({ node }) => Array.from(/** @type {NodeListOf<Section>} */ (node.querySelectorAll("[data-activity]"))));
    return asked.length > 0 && asked.every((section) => section.himaya?.view().finished);
  }

  /** Say everything in the language that is spoken now, and tell what is done. */
  function draw() {
    const now = say[spoken] === undefined ? language : spoken; // another open notebook may have more languages
    const words = say[now];
    const titles = parts.map((part) => part.titles[now] ?? part.titles[language]);
    Object.assign(bar, { lang: now, dir: words.direction });
    choices.setAttribute("aria-label", words.lessons);
    const lines = titles.map((title, number) => (isDone(parts[number].cells) ? `✓ ${title} (${words.done})` : title));
    if (drawn === JSON.stringify([now, lines])) return; // a list that is open would close
    drawn = JSON.stringify([now, lines]);
    const options = lines.map((line, number) => element("option", { value: String(number) }, line));
    choices.replaceChildren(element("option", { value: String(WHOLE) }, words["app-kind-module"]), ...options);
    choices.value = String(at);
    back.textContent = words["go-back"];
    next.textContent = words.continue;
  }

  /** Show the part that a cell stands in, if it is folded: somebody went there by another way.
   * @param {Cell | null | undefined} cell */
  function reach(cell) {
    if (cell === null || cell === undefined || isHere(cell.model.id)) return;
    show(parts.findIndex((part) => part.cells.includes(cell.model.id)));
  }

  /** @param {EventTarget | null} target */
  const holding = (target) => cells().find(({ node }) => target instanceof Node && node.contains(target));

  draw();
  open(kept());
  document.addEventListener("himaya-go", ({ target }) => reach(holding(target)), { signal: closed });
  return {
    bar,
    draw,
    reach,
    holding,
    at: () => at,
    shown,
    show,
    /** @param {string} other */
    speak(other) {
      spoken = other;
      draw();
    },
  };
}
