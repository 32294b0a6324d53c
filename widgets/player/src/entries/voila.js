/* On a page that Voilà's own front end draws: the quick exit, which is there before anything else is, the list of lessons, and
   the activity that the address names. */

import { readyExit } from "../exit.js";
import { openLessons } from "../notebook_lessons.js";

/** @import { Cell } from "../notebook_lessons.js" */

const [LOOK, LONGEST, SOON] = [100, 60000, 300]; // milliseconds
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

const CELL = "cell-id="; // begins the id of what Voilà writes for a cell
/** @type {ReturnType<typeof openLessons> | null} */
let list = null;

/** @returns {Cell[]} */
const cells = () =>
  Array.from(/** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[id^="${CELL}"]`)), (node) => ({
    model: { id: node.id.slice(CELL.length) },
    node,
  }));

const named = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // half a percent sign
  }
};

/** Put the list of lessons into the header once all cells are there. */
function showLessons() {
  const data = document.getElementById("himaya-lessons");
  if (data === null || list !== null) return;
  const { lessons, language } = JSON.parse(data.textContent ?? "");
  const made = openLessons(lessons, { language, place: location.pathname, cells, toTop: () => scrollTo(0, 0) });
  list = made;
  document.querySelector(".himaya-top")?.append(made.bar);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waits;
  document.addEventListener("himaya-status", () => {
    waits ??= setTimeout(() => {
      waits = undefined;
      made.draw();
    }, SOON);
  });
  document.addEventListener("himaya-language", (event) => made.speak(/** @type {CustomEvent<string>} */ (event).detail));
  followLinks(made);
}

/** A link to what stands in another lesson shows that lesson; going back shows the one before.
 * @param {ReturnType<typeof openLessons>} made */
function followLinks(made) {
  /** @type {number | null} */
  let from = null;
  const go = () => {
    const target = document.getElementById(named());
    if (target !== null) {
      const before = made.at();
      made.reach(made.holding(target));
      if (made.at() !== before) from = before;
      if (target.tabIndex < 0) target.tabIndex = -1; // a heading can then have the focus
      target.focus({ preventScroll: true });
      target.scrollIntoView();
    } else if (from !== null) {
      made.show(from);
      from = null;
    }
  };
  addEventListener("hashchange", go);
  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest('a[href^="#"]') : null;
    if (link?.getAttribute("href") === location.hash) go();
  });
}

/** Show the activity that the address names once it is drawn, and keep it in sight while others are drawn above it.
 * Whoever moves meanwhile stays where they are. */
function showNamed() {
  const name = named();
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return;
  const stop = () => clearInterval(timer);
  const timer = setInterval(() => {
    const place = document.querySelector(`section.himaya[data-activity="${name}"]`);
    if (place !== null) list?.reach(list.holding(place));
    if (!place?.checkVisibility()) return;
    place.scrollIntoView();
    if (document.querySelector(".himaya-handin") !== null) stop();
  }, LOOK);
  setTimeout(stop, LONGEST);
  for (const move of MOVES) addEventListener(move, stop, { once: true, passive: true });
}

readyExit(".himaya-exit a");
showNamed();
Object.assign(globalThis, { himayaLessons: showLessons });
