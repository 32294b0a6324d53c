/* On every page of an app: the quick exit, and forgetting what this browser keeps. */

import { leave } from "./exit.js";

function forget() {
  const said = JSON.parse(document.getElementById("said").textContent);
  let told = "forgotten";
  try {
    const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
    for (const key of keys) if (/^himaya(-practice:|:practice-)/.test(key)) localStorage.removeItem(key);
    document.dispatchEvent(new Event("visibilitychange")); // every activity looks at the storage anew
  } catch {
    told = "not-forgotten";
  }
  document.getElementById("forgotten").textContent = said[told];
}

/** Make both buttons work, whatever of the page has arrived. */
export function readyButtons() {
  document.addEventListener("click", ({ target }) => {
    if (target.id === "quick-exit") leave();
    if (target.id === "forget") forget();
  });
}
