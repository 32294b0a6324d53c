/* The quick exit: leaves at once, wherever it is pressed. */

import { element } from "./elements.js";
import { directionOf } from "./language_facts.js";

/** @import { Words } from "./types.js" */

/** Whether somebody is leaving: then nothing may ask them to stay. */
export let leaves = false;

/** Clear the screen at once and leave no way back to this page in this tab's history. */
export function leave() {
  leaves = true;
  document.body.replaceChildren();
  document.title = " ";
  globalThis.location.replace("about:blank");
}

/** Draw the exit, or draw it anew in another language, with what `more` adds to it.
 * @param {Words} words
 * @param {HTMLElement | null} more */
export function showExit({ strings, language, draft }, more = null) {
  const notices = [strings["training-notice"], strings["exit-honest"], draft ? strings["draft-short"] : ""];
  const bar = element(
    "aside",
    { class: "himaya-exit", lang: language, dir: directionOf(language), "aria-label": strings["quick-exit"] },
    element("button", { type: "button", title: strings["quick-exit-help"], onclick: leave }, strings["quick-exit"] ?? ""),
    element("span", {}, notices.join(" ").trim()),
    more,
  );
  const earlier = document.querySelector(".himaya-exit");
  if (earlier === null) document.body.prepend(bar);
  else earlier.replaceWith(bar);
}

/** Make the exit of a page, a plain link or button until now, leave nothing to go back to.
 * @param {string} selector */
export function readyExit(selector) {
  document.querySelector(selector)?.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}
