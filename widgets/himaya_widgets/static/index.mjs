/* The index of a course's pages: how far somebody is in each module, where this browser lets it see that. */

import { fill, useDigits } from "./elements.mjs";
import { readyExit } from "./exit.mjs";
import { unpacked } from "./packed.mjs";

export function openIndex() {
  readyExit();
  const { said, digits } = unpacked(document.getElementById("himaya-data").textContent);
  useDigits(digits);
  const tell = (place) => {
    try {
      const [n, total] = localStorage.getItem(`himaya:${place.dataset.owner}:progress`).split("/").map(Number);
      if (Number.isSafeInteger(total) && Number.isInteger(n) && n >= 0 && n <= total) place.textContent = fill(said, { n, total });
    } catch {
      // Never opened here, or this browser keeps each file's answers apart.
    }
  };
  document.querySelectorAll("[data-owner]").forEach(tell);
}
