/* The front end of a practice app: says how far the opening is and draws the page's widgets from what the page holds. It needs
   no server from then on, and no kernel ever. */

import { openAppSteps } from "../app_steps.js";
import { byName, element } from "../elements.js";
import { enteredAgain, leave } from "../exit.js";
import { readyButtons } from "../forget.js";
import { install } from "../shell.js";

/** @import { FirstWords, Model } from "../types.js" */

const SILENCE = 30000; // milliseconds without a sign of the server, while the page is on its way

/** @param {string} id */
const read = (id) => JSON.parse(byName(id).textContent ?? "");

/** @type {Record<string, string>} */
const said = read("said");
const numbers = document.body.dataset.digits === "arabic-indic" ? "ar-u-nu-arab" : "en";
const opening = byName("opening");
const line = opening.querySelector("p") ?? element("p");
/** @type {"opening" | "drawing" | "ready" | "trouble"} */
let state = "opening";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/** @param {string} sentence
 * @param {Record<string, number>} values */
const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name]?.toLocaleString(numbers) ?? whole);

/** @param {string} text */
function tell(text) {
  if (line.textContent !== text) line.textContent = text;
}

function trouble() {
  if (state === "ready" || state === "trouble") return;
  state = "trouble";
  opening.hidden = true;
  const box = byName("trouble");
  box.querySelector("p")?.replaceChildren(said["app-not-started"]);
  box.querySelector("button")?.addEventListener("click", () => location.reload());
  box.hidden = false;
  document.body.dataset.app = "trouble";
}

/** A page that breaks off in the middle is "loading" for ever, and no event says so. */
function alive() {
  clearTimeout(silence);
  if (state !== "opening") return;
  byName("trouble").hidden = true;
  opening.hidden = false;
  silence = setTimeout(() => {
    trouble();
    state = "opening"; // the link may have been slow only
  }, SILENCE);
}

/** A widget's model without a kernel: what the server read of it.
 * @param {Record<string, unknown>} values
 * @returns {Model} */
const modelOf = (values) => ({
  get: (name) => values[name],
  set(name, value) {
    values[name] = value;
  },
  send() {},
  on() {},
  off() {},
});

function draw() {
  /** @type {Record<string, Record<string, unknown>>} */
  const widgets = read("himaya-widgets");
  /** @type {FirstWords} */
  const words = read("himaya-words");
  const drawings = install(words);
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("script.widget"))) {
    const model = modelOf({ ...widgets[JSON.parse(part.textContent ?? "")] });
    drawings[model.get("draws")](model, byName(part.dataset.place ?? ""));
  }
}

function open() {
  if (state !== "opening") return;
  alive();
  state = "drawing";
  clearTimeout(silence);
  for (const part of /** @type {NodeListOf<HTMLTemplateElement>} */ (document.querySelectorAll("template[data-place]"))) {
    byName(part.dataset.place ?? "").append(part.content);
  }
  try {
    draw();
  } catch (error) {
    console.error(error);
    trouble();
    return;
  }
  state = "ready";
  opening.remove();
  document.body.dataset.app = "ready";
}

if (enteredAgain()) {
  state = "ready"; // nothing of what still comes is shown
  leave();
} else {
  if (document.querySelector("main > .step") !== null) openAppSteps();
  readyButtons();
  alive();
}
addEventListener("DOMContentLoaded", () => {
  if (state === "opening") trouble(); // the server went away in the middle of the page
});
// Called by the scripts that the server writes into the page while it is rendered.
Object.assign(globalThis, {
  himayaApp: {
    /** @param {number} n */
    waiting(n) {
      alive();
      tell(n > 0 ? fill(said["app-before-you"], { n }) : said["app-opening"]);
    },
    /** @param {number} n
     * @param {number} total */
    progress(n, total) {
      alive();
      tell(fill(said["app-progress"], { n, total }));
      const bar = opening.querySelector("progress");
      if (bar !== null) Object.assign(bar, { max: total, value: n });
    },
    failed: trouble,
    open,
  },
});
