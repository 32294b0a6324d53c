/* A module or a scenario as one file, without a server: reads what the build put into the page and draws it. */

import { useDigits } from "./elements.js";
import { useFacts } from "./facts.js";
import { readyExit } from "./exit.js";
import { openJournal } from "./hosts/database.js";
import { storageHost } from "./hosts/storage.js";
import { play } from "./player.js";

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

/** Answers to one practice scenario: the browser's storage alone keeps where somebody is. */
const placeHost = ({ owner, strings }, id) => storageHost(`himaya:${owner}:${id}`, { owner, seed: 1, strings }, id);

/** Draw every activity in its place with `draw`. Each of `parts` adds what goes with it. */
export async function openPage(draw, parts) {
  readyExit(".himaya-exit a");
  const data = JSON.parse(document.getElementById("himaya-data").textContent);
  const { activities, strings, owner, direction, keeps } = data;
  useFacts(data.facts);
  useDigits(data.digits);
  const journal = keeps ? await openJournal(owner) : null;
  const seed = keeps ? ownSeed(owner) : 1;
  for (const place of document.querySelectorAll("[data-show]")) {
    const id = place.dataset.show;
    const host =
      journal === null ? placeHost(data, id) : { strings, seed: seedFor(seed, id), ...journal.host(id) };
    play(place, activities[id], { ...host, direction }, draw);
  }
  for (const part of parts) part({ ...data, journal, say: (key) => strings[key] ?? key });
  document.documentElement.dataset.ready = "";
}
