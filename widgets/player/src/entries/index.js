/* The index of a course's pages: how far somebody is in each module, where this browser lets it see that. */

import { byName, fill, useDigits } from "../elements.js";
import { readyExit } from "../exit.js";
import { useFacts } from "../language_facts.js";

readyExit(".himaya-exit a");
const { said, digits, facts } = JSON.parse(byName("himaya-data").textContent ?? "");
useFacts(facts);
useDigits(digits);
for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-owner]"))) {
  try {
    const [n, total] = (localStorage.getItem(`himaya:${place.dataset.owner}:progress`) ?? "").split("/").map(Number);
    if (Number.isSafeInteger(total) && Number.isInteger(n) && n >= 0 && n <= total) place.textContent = fill(said, { n, total });
  } catch {
    // Never opened here, or this browser keeps each file's answers apart.
  }
}
