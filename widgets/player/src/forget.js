/* On every page of an app: the quick exit, and forgetting what this browser keeps. */

import { byName } from "./elements.js";
import { readyExit } from "./exit.js";
import { keys } from "./stored.js";

function forget() {
  const said = JSON.parse(byName("said").textContent ?? "");
  let told = "forgotten";
  try {
    for (const key of keys()) if (/^himaya(-practice:|:practice-)/.test(key)) localStorage.removeItem(key);
    document.dispatchEvent(new Event("himaya-forget"));
    document.dispatchEvent(new Event("visibilitychange")); // every activity looks at the storage anew
  } catch {
    told = "not-forgotten";
  }
  byName("forgotten").textContent = said[told];
}

/** Make both buttons work, whatever of the page has arrived. */
export function readyButtons() {
  readyExit(".himaya-exit a");
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.id === "forget") forget();
  });
}
