/* A host without a server, for practice in an app: answers stay in this browser's storage, one journal for each activity.
   Whoever loses the last seconds of a practice plays them again. A page is no place for it: two processes of Chromium do
   not always see the same storage of files on the disk. */

/** @import { Answer, Host, JournalEvent } from "../types.js" */

/** @param {string} key
 * @param {string} activityId
 * @returns {JournalEvent[]} */
function readRows(key, activityId) {
  try {
    const rows = JSON.parse(localStorage.getItem(key) ?? "[]");
    return rows.filter((/** @type {JournalEvent | null} */ row) => row?.activity === activityId && typeof row.id === "string" && typeof row.type === "string");
  } catch {
    return []; // forbidden storage, or something else under our name
  }
}

/** Make what `openSession` talks to.
 * @param {string} key Names the journal.
 * @param {{ owner: string, seed: number }} about
 * @param {string} activityId
 * @returns {Host} */
export function storageHost(key, { owner, seed }, activityId) {
  /** @type {Set<(answer: Answer) => void>} */
  const listeners = new Set();
  let rows = readRows(key, activityId);
  let kept = true;

  /** Join with what another tab wrote meanwhile; where storage does not work, memory goes on.
   * @param {JournalEvent[]} events */
  function write(events) {
    const stored = kept ? readRows(key, activityId) : rows;
    const known = new Set(stored.map((row) => row.id));
    rows = [...stored, ...events.filter((event) => !known.has(event.id))];
    if (rows.length === stored.length) return;
    try {
      localStorage.setItem(key, JSON.stringify(rows));
      kept = true;
    } catch {
      kept = false;
    }
  }

  /** @param {number} from */
  function tell(from) {
    const start = from <= rows.length ? from : 0;
    for (const listener of listeners) listener({ from: start, rows: rows.slice(start) });
  }

  /** Another tab went on: this one shows where.
   * @param {StorageEvent} changed */
  function follow(changed) {
    if (changed.key !== key) return;
    write([]);
    tell(0);
  }

  return {
    owner,
    keeps: false,
    kept: () => kept,
    seed,
    rows,
    behind: false,
    remember() {},
    put({ from, events }) {
      write(events);
      tell(from);
    },
    listen(callback) {
      listeners.add(callback);
      globalThis.addEventListener("storage", follow);
      return () => {
        listeners.delete(callback);
        globalThis.removeEventListener("storage", follow);
      };
    },
  };
}
