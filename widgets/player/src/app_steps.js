/* A module's app, step by step: the same cover, list, steps and drawer as its page. Activities come from a kernel, behind the text;
   what is finished is what they say. */

import { byName, element, useDigits } from "./elements.js";
import { drawProgress, drawSearch, finishedIn } from "./contents.js";
import { useFacts } from "./language_facts.js";
import { sayOf } from "./player.js";
import { readyPrint } from "./print.js";
import { safeSteps } from "./prose.js";
import { openSteps } from "./stepper.js";

/** @import { AppData, Say, Words } from "./types.js" */

const WIDGET = 'script[type="application/vnd.jupyter.widget-view+json"]';

/** Show the cover or the step that the address names, and take in activities as they come. */
export function openAppSteps() {
  /** @type {AppData} */
  const data = JSON.parse(byName("himaya-data").textContent ?? "");
  useFacts(data.facts);
  useDigits(data.digits);
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  /** The text of the module by language, before anything is added to it.
   * @type {Map<string, string>} */
  const texts = new Map([[data.language, main.innerHTML]]);
  let { language } = data;
  let say = sayOf(data.strings);
  const stepper = openSteps({ ...data, say });
  const places = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("[data-show]")));
  for (const place of places) {
    place.id = `show-${place.dataset.show}`; // where the widgets of an app without a kernel go
    place.append(element("p", { class: "himaya-waits" }, say("app-opening")));
  }
  const kept = document.getElementById("kept"); // what the browser keeps of practice, and forgetting it
  if (kept !== null) stepper.screens[0].append(kept);
  /** @type {Map<string, boolean>} */
  const finished = new Map();

  function sayProgress() {
    stepper.update(finished);
    drawProgress(data.asked.filter((id) => finished.get(id)).length, data.asked.length, say);
  }

  /** Note whether an activity is finished; returns whether that is news.
   * @param {Element | EventTarget | null} section */
  function recordStatus(section) {
    const [id, now] = finishedIn(section);
    if (now === undefined || finished.get(id) === now) return false;
    finished.set(id, now);
    document.querySelector(`[id="show-${CSS.escape(id)}"] > .himaya-waits`)?.remove();
    return true;
  }

  /** What a kernel tells of the journal is not for one step alone, and is told once.
   * @param {Element} message */
  function warn(message) {
    const box = byName("himaya-warning");
    const known = Array.from(box.children, ({ textContent }) => textContent);
    if (known.includes(message.textContent)) message.remove();
    else box.append(message);
  }

  document.addEventListener("himaya-status", ({ target }) => {
    if (recordStatus(target)) sayProgress();
  });
  // What is drawn says nothing of its own accord before it is in the page.
  const drawn = new MutationObserver(() => {
    const waiting = places.filter(({ dataset }) => !finished.has(dataset.show ?? ""));
    const news = waiting.filter((place) => recordStatus(place.querySelector("section.himaya[data-activity]")));
    if (news.length > 0) sayProgress();
    for (const place of places) place.querySelectorAll(".himaya-message").forEach(warn);
    if (places.every(({ dataset }) => finished.has(dataset.show ?? ""))) drawn.disconnect();
  });
  for (const place of places) drawn.observe(place, { childList: true, subtree: true });

  document.addEventListener("himaya-steps", (event) => {
    const words = /** @type {CustomEvent<Words>} */ (event).detail;
    const text = words.steps?.main ?? texts.get(words.language);
    if (text === undefined || words.language === language) return;
    texts.set(words.language, text);
    language = words.language;
    say = sayOf(words.strings);
    useDigits(words.digits);
    stepper.speak(say, safeSteps(text));
    sayProgress();
    drawSearch(stepper, say);
    const here = new URL(location.href); // loaded again, it speaks the same
    here.searchParams.set("language", language);
    history.replaceState(history.state, "", here);
  });

  /** Put what the kernel's cells show where the text has a place for it; what has none, such as an error, above all steps.
   * Where no more will come, it is said. */
  function placeCells() {
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#rendered_cells [data-cell-of]"))) {
      const name = CSS.escape(cell.dataset.cellOf ?? "");
      const place = document.querySelector(`[data-show="${name}"], [data-cell="${name}"]`);
      (place ?? byName("himaya-warning")).append(cell);
      if (cell.querySelector(WIDGET) === null) place?.querySelector(":scope > .himaya-waits")?.remove(); // an error came
    }
    for (const place of places) {
      const waits = place.querySelector(":scope > .himaya-waits");
      if (waits !== null && place.querySelector("[data-cell-of]") === null) waits.textContent = say("app-not-started");
    }
  }

  sayProgress();
  drawSearch(stepper, say);
  readyPrint();
  if (document.body.dataset.voila === undefined) return;
  Object.assign(globalThis, { placeCells }); // called where the cells end
  document.addEventListener("DOMContentLoaded", placeCells); // also where the page broke off before
}
