/* A module or a scenario as one file, without a server: reads what the build put into the page and draws it. */

import { useDigits } from "./elements.mjs";
import { readyExit } from "./exit.mjs";
import { unpacked } from "./packed.mjs";
import { play } from "./player.mjs";

const LARGEST_SEED = 2147483647; // what the order of options is drawn from

/** A number that fixes the order of options in this browser. */
function ownSeed(owner) {
  const key = `himaya:${owner}:seed`;
  const fresh = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
  try {
    const kept = Number(localStorage.getItem(key));
    const seed = Number.isInteger(kept) && kept > 0 && kept < LARGEST_SEED ? kept : fresh;
    localStorage.setItem(key, String(seed));
    return seed;
  } catch {
    return fresh;
  }
}

const seedFor = (seed, id) => Array.from(id).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % LARGEST_SEED, seed);

/** Draw every activity in its place.

    `open` opens the journal where answers are kept for handing in. Each of `parts` adds what goes with it. */
export async function openPage({ open = () => null, parts = [] } = {}) {
  readyExit();
  const data = unpacked(document.getElementById("himaya-data").textContent);
  const { activities, strings, owner, language, direction } = data;
  useDigits(data.digits);
  const journal = await open(owner);
  const seed = ownSeed(owner);
  for (const place of document.querySelectorAll("[data-show]")) {
    const id = place.dataset.show;
    const host = { owner, strings, language, direction, seed: seedFor(seed, id), ...journal?.host(id) };
    play(place, activities[id], host);
  }
  for (const part of parts) part({ ...data, journal, say: (key) => strings[key] ?? key });
  document.documentElement.dataset.ready = "";
}
