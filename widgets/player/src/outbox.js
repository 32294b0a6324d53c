/* Events that nobody has acknowledged yet, in the browser's storage. It sends nothing and draws nothing. */

import { readLine } from "./saved.js";

const HALF_CHARACTER = /[\ud800-\udfff]/u; // an id with one could not be sent back

export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID does not exist on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Unsent events of one activity in localStorage, one key each, so that two tabs never overwrite each other. */
export function openOutbox(owner, activityId) {
  const prefix = `himaya:${owner}:${activityId}:`;
  const aside = `himaya:${owner}::refused:${activityId}:`; // no activity has an empty name
  const works = { storage: true };
  const refused = new Set();

  const keys = (start) =>
    Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at)).filter((key) => key.startsWith(start));

  /** What no journal takes would be sent for ever; under another name it is kept and holds nothing up. */
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
    putAside: (event) => putAside(event.id),
    load() {
      const found = [];
      try {
        for (const key of keys(aside)) refused.add(key.slice(aside.length));
        for (const key of keys(prefix)) {
          const id = key.slice(prefix.length);
          const event = readLine(localStorage.getItem(key) ?? "");
          if (event?.activity === activityId && event.id === id && !HALF_CHARACTER.test(id)) found.push(event);
          else putAside(id);
        }
      } catch {
        works.storage = false;
      }
      return found.sort((one, other) => one.seq - other.seq || (one.time < other.time ? -1 : 1));
    },
    keep(event) {
      try {
        localStorage.setItem(prefix + event.id, JSON.stringify(event));
        works.storage = true;
      } catch {
        works.storage = false; // full or forbidden: the page still holds it and says so
      }
    },
    drop(event) {
      try {
        localStorage.removeItem(prefix + event.id);
      } catch {
        works.storage = false;
      }
    },
  };
}
