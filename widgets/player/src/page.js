/* A module or a scenario as one file, without a server: reads what the build put into the page and draws it. */

import { byName, useDigits } from "./elements.js";
import { readyExit } from "./exit.js";
import { useFacts } from "./language_facts.js";
import { openJournal } from "./hosts/database.js";
import { play, sayOf } from "./player.js";

/** @import { Journal } from "./hosts/database.js" */
/** @import { Draw, PageData, Say } from "./types.js" */

/** What each part of a page is given.
 * @typedef {PageData & { journal: Journal | null, say: Say }} Given */

const LARGEST_SEED = 2147483647; // what the order of options is drawn from

/** A number that fixes the order of options in this browser.
 * @param {string} owner */
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

/** @param {number} seed
 * @param {string} id */
const seedFor = (seed, id) => Array.from(id).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % LARGEST_SEED, seed);

/** What every part of a page is given before answers are there.
 * @typedef {PageData & { say: Say }} Early */

/** Where a page keeps answers: under which name, and in what. `draw`: what draws activities instead of their kinds.
 * `seed`: what an activity's order of options is drawn from, where it is known who answers.
 * @typedef {{ owner(owner: string): string, open(owner: string): Promise<Journal>, draw?: Draw, seed?(id: string): number }} Room */

/** @type {Room} */
export const BROWSER = { owner: (owner) => owner, open: openJournal };

/** Draw every activity in its place. Each of `parts` adds what goes with it.
 * @param {((given: Given) => void)[]} parts
 * @param {(given: Early) => (given: Given) => void} [first] Draws what needs no answers, and returns one more part.
 * @param {Room} [room] */
export async function openPage(parts, first, room = BROWSER) {
  readyExit(".himaya-exit a");
  /** @type {PageData} */
  const data = JSON.parse(byName("himaya-data").textContent ?? "");
  data.owner = room.owner(data.owner);
  const { activities, strings, owner, direction, keeps } = data;
  useFacts(data.facts);
  useDigits(data.digits);
  const say = sayOf(strings);
  const more = first?.({ ...data, say });
  const kept = await room.open(owner);
  const own = room.seed === undefined && keeps ? ownSeed(owner) : 1;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-show]"))) {
    const id = place.dataset.show ?? "";
    const host = keeps ? kept.host(id, room.seed?.(id) ?? seedFor(own, id)) : kept.practiceHost(id, own);
    play(place, activities[id], { host, strings, direction, draw: room.draw });
  }
  const journal = keeps ? kept : null;
  for (const part of more === undefined ? parts : [...parts, more]) part({ ...data, journal, say });
  document.documentElement.dataset.ready = "";
}
