/* Events that nobody has acknowledged yet, in the browser's storage. It sends nothing and draws nothing. */

import { readLine } from "./saved.js";
import { keys } from "./stored.js";

/** @import { Recorded } from "./types.js" */

const HALF_CHARACTER = /[\ud800-\udfff]/u; // an id with one could not be sent back

export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID does not exist on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Unsent events of one activity in localStorage, one key each, so that two tabs never overwrite each other.
 * @param {string} owner
 * @param {string} activityId */
export function openOutbox(owner, activityId) {
  const prefix = `himaya:${owner}:${activityId}:`;
  const aside = `himaya:${owner}::refused:${activityId}:`; // no activity has an empty name
  const works = { storage: true };
  /** @type {Set<string>} */
  const refused = new Set();
  /** @param {string} start */
  const keysOf = (start) => keys().filter((key) => key.startsWith(start));

  /** What no journal takes would be sent for ever; under another name it is kept and holds nothing up.
   * @param {string} id */
  function putAside(id) {
    refused.add(id);
    try {
      const text = localStorage.getItem(prefix + id);
      if (text !== null) localStorage.setItem(aside + id, text);
      localStorage.removeItem(prefix + id);
    } catch {
      works.storage = false; // it stays where it is, and is set aside again when the page is opened next
    }
  }

  return {
    works,
    refused,
    putAside,
    load() {
      /** @type {Recorded[]} */
      const found = [];
      try {
        for (const key of keysOf(aside)) refused.add(key.slice(aside.length));
        for (const key of keysOf(prefix)) {
          const id = key.slice(prefix.length);
          const event = readLine(localStorage.getItem(key) ?? "");
          if (event?.activity === activityId && event.id === id && !HALF_CHARACTER.test(id)) found.push(/** @type {Recorded} */ (event));
          else putAside(id);
        }
      } catch {
        works.storage = false;
      }
      return found.sort((one, other) => one.seq - other.seq || (one.time < other.time ? -1 : 1));
    },
    /** @param {Recorded} event */
    keep(event) {
      try {
        localStorage.setItem(prefix + event.id, JSON.stringify(event));
        works.storage = true;
      } catch {
        works.storage = false; // full or forbidden: the page still holds it and says so
      }
    },
    /** @param {Recorded} event */
    drop(event) {
      try {
        localStorage.removeItem(prefix + event.id);
      } catch {
        works.storage = false;
      }
    },
  };
}
