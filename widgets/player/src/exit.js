/* The quick exit: leaves at once, wherever it is pressed. */

import { element } from "./elements.js";
import { directionOf } from "./language_facts.js";

/** @import { Words } from "./types.js" */

const LEFT = "himaya:left";
const [PRESSES, WITHIN] = [3, 1000]; // of Escape, within milliseconds
const LONGEST_WAY_BACK = 300; // milliseconds

/** Whether somebody is leaving: then nothing may ask them to stay. */
export let leaves = false;

/** Know of it, too, where another script of the page is the one that leaves. */
export function hearLeaving() {
  document.addEventListener("himaya-leave", () => {
    leaves = true;
  });
}

/** Clear the screen at once and leave no way back to this page in this tab's history: the steps that it went through
 * (`depth`) are left behind first. */
export function leave() {
  leaves = true;
  document.dispatchEvent(new Event("himaya-leave"));
  document.body.replaceChildren();
  document.title = " ";
  const go = () => globalThis.location.replace("about:blank");
  remember("1");
  const depth = Number(globalThis.history.state?.depth ?? 0);
  if (!(depth > 0)) return go();
  globalThis.addEventListener("popstate", go);
  setTimeout(go, LONGEST_WAY_BACK);
  globalThis.history.go(-depth);
}

/** @param {Event} event */
function leaveByLink(event) {
  event.preventDefault();
  leave();
}

/** Whether this page was left and is entered again by Back or Forward: a step that stayed in the history shows nothing. */
export function enteredAgain() {
  const [how] = performance.getEntriesByType("navigation");
  const again = how instanceof PerformanceNavigationTiming && how.type === "back_forward";
  try {
    if (again) return sessionStorage.getItem(LEFT) !== null;
    remember(null);
  } catch {
    // Without storage nobody knows.
  }
  return false;
}

/** @param {string | null} left */
function remember(left) {
  try {
    if (left === null) sessionStorage.removeItem(LEFT);
    else sessionStorage.setItem(LEFT, left);
  } catch {
    // Then a step that stayed in the history can be entered again.
  }
}

/** Draw the exit, or draw it anew in another language, with what `more` adds to it where the page has no place for that.
 * @param {Words} words
 * @param {HTMLElement | null} more */
export function showExit({ strings, language, draft }, more = null) {
  const place = document.getElementById("himaya-languages");
  if (more !== null) place?.replaceChildren(more);
  const notices = [strings["training-notice"], strings["exit-honest"], draft ? strings["draft-short"] : ""];
  const bar = element(
    "aside",
    { class: "himaya-exit", lang: language, dir: directionOf(language), "aria-label": strings["quick-exit"] },
    element(
      "a",
      { href: "about:blank", rel: "noreferrer", title: strings["quick-exit-help"], onclick: leaveByLink },
      strings["quick-exit"] ?? "",
    ),
    element("span", {}, notices.join(" ").trim()),
    place === null ? more : null,
  );
  const earlier = document.querySelector(".himaya-exit");
  if (earlier === null) document.body.prepend(bar);
  else {
    const focused = earlier.contains(document.activeElement);
    earlier.replaceWith(bar);
    if (focused) bar.querySelector("a")?.focus();
  }
}

/** Make the exit of a page, a plain link until now, leave nothing to go back to.
 * @param {string} selector */
export function readyExit(selector) {
  document.querySelector(selector)?.addEventListener("click", leaveByLink);
  leaveByEscape();
}

/** Leave when Escape is pressed three times within a second. What closes a dialog does not count. */
export function leaveByEscape() {
  /** @type {number[]} */
  let presses = [];
  const count = (/** @type {KeyboardEvent} */ { key, repeat, timeStamp }) => {
    if (repeat) return;
    const counts = key === "Escape" && document.querySelector("dialog[open]") === null;
    presses = counts ? [...presses.filter((each) => timeStamp - each < WITHIN), timeStamp] : [];
    if (presses.length >= PRESSES) leave();
  };
  globalThis.addEventListener("keydown", count, { capture: true });
}
