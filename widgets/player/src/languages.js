/* One page, several languages: what is spoken now, the switch, and the prose around the activities. */

import { element, useDigits } from "./elements.js";
import { directionOf, useFacts } from "./language_facts.js";
import { prefer, preferred } from "./preferred.js";
import { safeProse } from "./prose.js";

/** @import { Section } from "./player.js" */
/** @import { FirstWords, Words } from "./types.js" */

/** The main part of an app that shows a module step by step: its server wrote it in one language. */
const stepped = () => /** @type {HTMLElement | null} */ (document.querySelector("main[data-language]"));

/** Keep the words of a page.
 * @param {FirstWords} first What it came with.
 * @param {(language: string, around: "prose" | "steps" | "none") => void} ask Has another language sent to `take`, with what
 *   stands around its activities. */
export function openLanguages(first, ask) {
  const { languages = [], names = {} } = first;
  /** @type {Map<string, Words>} */
  const known = new Map([[first.language, first]]);
  /** @type {Set<string>} */
  const cells = new Set(); // those with prose of this module; another open notebook has its own
  /** @type {Set<(words: Words) => void>} */
  const switches = new Set();
  /** @type {Words} */
  let now = first;
  const written = stepped()?.dataset.language ?? first.language;
  let wanted = [preferred(), written].find((each) => languages.includes(each ?? "")) ?? first.language;
  /** What all of the page speaks; null while its text and its activities came in two languages. */
  let spoken = written === first.language ? written : null;
  /** @type {string | null} */
  let asked = null;
  useFacts(first.facts);
  useDigits(first.digits);

  /** @param {string} language */
  function speak(language) {
    wanted = language;
    const words = known.get(language);
    const page = stepped();
    const around = page === null ? "prose" : page.dataset.language === language ? "none" : "steps";
    if (words === undefined || (around === "steps" && words.steps === undefined)) {
      ask(language, around);
      return;
    }
    now = words;
    spoken = language;
    useDigits(now.digits);
    for (const section of /** @type {NodeListOf<Section>} */ (document.querySelectorAll("section.himaya[data-activity]"))) {
      const activity = now.activities[section.dataset.activity ?? ""];
      if (activity !== undefined) section.himaya?.speak(activity, now.strings); // another open notebook speaks its own
    }
    showProse(now, cells);
    document.dispatchEvent(new CustomEvent("himaya-language", { detail: language }));
    if (page !== null) document.dispatchEvent(new CustomEvent("himaya-steps", { detail: now }));
    for (const redraw of switches) redraw(now);
  }

  return {
    now: () => now,
    /** Take the words of another language; they are spoken if they are still wanted.
     * @param {Words} words */
    take(words) {
      known.set(words.language, words);
      for (const cell of Object.keys(words.prose ?? {})) cells.add(cell);
      if (words.language === wanted) speak(wanted);
    },
    /** Once something is drawn: go on in the language that was chosen last. */
    begin() {
      if (wanted === spoken || wanted === asked || !languages.includes(wanted)) return;
      if (stepped() !== null) asked = wanted; // the steps are long, and need to come once
      speak(wanted);
    },
    /** Draw something anew in every other language; returns what ends that.
     * @param {(words: Words) => void} redraw */
    onSwitch(redraw) {
      switches.add(redraw);
      return () => switches.delete(redraw);
    },
    /** The buttons, each in its own language; null where there is only one. */
    buttons() {
      if (languages.length < 2) return null;
      const choose = (/** @type {string} */ language) => () => {
        prefer(language);
        speak(language);
      };
      const each = languages.map((language) => {
        const about = { type: "button", lang: language, dir: directionOf(language), onclick: choose(language) };
        const pressed = { "aria-pressed": String(language === now.language) };
        return element("button", { ...about, ...pressed }, names[language]);
      });
      return element("div", { class: "himaya-languages", role: "group", "aria-label": now.strings.language }, ...each);
    },
  };
}

/** Put the prose of another language beside that of the notebook and show it; the page's own comes back unchanged.
 * @param {Words} words
 * @param {Set<string>} cells The ids of those it is shown in. */
function showProse({ language, prose }, cells) {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-himaya-cell], [id^="cell-id="]'));
  for (const place of places) {
    const id = place.dataset.himayaCell ?? place.id.replace("cell-id=", "");
    const box = place.querySelector(".jp-RenderedMarkdown");
    if (box === null || !cells.has(id)) continue;
    box.querySelector(":scope > .himaya-prose")?.remove();
    box.classList.toggle("himaya-translated", prose !== undefined);
    if (prose === undefined) continue;
    const about = { class: "himaya-prose", lang: language, dir: directionOf(language) };
    box.append(element("div", about, safeProse(prose[id])));
  }
  if (document.body.dataset.voila === undefined) return;
  document.documentElement.lang = language; // in JupyterLab the page is JupyterLab's
  document.documentElement.dir = directionOf(language);
}
