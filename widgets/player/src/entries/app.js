/* The front end of a practice app: says how far the opening is and draws the page's widgets from what the page holds, those of
   the step that is shown as soon as they come, the others behind it. It needs no server from then on, and no kernel ever. */

import { openAppSteps } from "../app_steps.js";
import { byName, element } from "../elements.js";
import { enteredAgain, leave, leaves } from "../exit.js";
import { readyButtons } from "../forget.js";
import { install } from "../shell.js";

/** @import { DrawWidget, Model } from "../types.js" */

const SILENCE = 30000; // milliseconds without a sign of the server, while the page is on its way
const SLICE = 8; // milliseconds of drawing what is not shown, until what was pressed meanwhile is heard

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
/** @type {Record<string, DrawWidget> | undefined} */
let drawings;

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

/** What came and is not drawn yet, in the order of the module.
 * @returns {HTMLElement[]} */
const undrawn = () => Array.from(document.querySelectorAll("script.widget"));

/** @param {HTMLElement} part */
const placeOf = (part) => byName(part.dataset.place ?? "");

/** @param {HTMLElement} part What the server wrote of one widget. */
function draw(part) {
  part.remove();
  try {
    drawings ??= install(read("himaya-words"));
    const model = modelOf(JSON.parse(part.textContent ?? ""));
    drawings[model.get("draws")](model, placeOf(part));
  } catch (error) {
    console.error(error);
    trouble();
  }
}

/** Draw what came for the step that is shown; where there are no steps, all of it. */
function drawShown() {
  if (leaves) return;
  for (const part of undrawn()) if (placeOf(part).closest(".step[hidden]") === null) draw(part);
}

function drawAll() {
  for (const part of undrawn()) draw(part);
}

/** Draw what other steps hold, which is also what their ticks are known from. */
function drawBehind() {
  if (leaves) return;
  const end = performance.now() + SLICE;
  for (const part of undrawn()) if (performance.now() < end) draw(part);
  if (undrawn().length > 0) setTimeout(drawBehind, 0);
  else if (state === "drawing") {
    state = "ready";
    document.body.dataset.app = "ready";
  }
}

/** Take in what came of the page. */
function take() {
  if (leaves) return;
  for (const part of /** @type {NodeListOf<HTMLTemplateElement>} */ (document.querySelectorAll("template[data-place]"))) {
    placeOf(part).append(part.content);
    part.remove();
  }
  drawShown();
}

function open() {
  if (state !== "opening") return;
  take();
  alive();
  clearTimeout(silence);
  if (state !== "opening") return;
  state = "drawing";
  opening.remove();
  drawBehind();
}

if (enteredAgain()) {
  state = "ready"; // nothing of what still comes is shown
  leave();
} else {
  addEventListener("beforeprint", drawAll); // before steps are made ready for paper
  document.addEventListener("himaya-shown", drawShown);
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
      take();
    },
    failed: trouble,
    open,
  },
});
