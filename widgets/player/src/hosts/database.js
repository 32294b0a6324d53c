/* The journal of one module in this browser. An answer counts as written when the browser says that it is on the disk:
   with localStorage alone, a browser that is killed would lose its last seconds. */

import { merged } from "../saved.js";

/** @import { Answer, Host, JournalEvent } from "../types.js" */

const ROWS = "rows";
const PATIENCE = 10000; // milliseconds; a browser in trouble may never say whether it opens a database

/** @param {string} name
 * @returns {Promise<IDBDatabase>} */
function openDatabase(name) {
  return new Promise((resolve, reject) => {
    setTimeout(reject, PATIENCE);
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      const rows = asked.result.createObjectStore(ROWS, { autoIncrement: true }); // in the order of arrival
      rows.createIndex("id", "id", { unique: true });
      rows.createIndex("activity", "activity");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>} */
const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {IDBTransaction} work
 * @returns {Promise<void>} */
const finished = (work) =>
  new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onabort = () => reject(work.error);
  });

/** @param {IDBTransaction} work */
const rowsOf = (work) => work.objectStore(ROWS);

/** Under which name a group's practice is kept, apart from one's own.
 * @param {string} owner */
export const groupOf = (owner) => `${owner}:group`;

/** Open the journal called `owner`. Where the browser forbids one, it keeps nothing and says so.
 * @param {string} owner */
export async function openJournal(owner) {
  const name = `himaya:${owner}`;
  const database = await openDatabase(name).catch(() => null);
  /** @type {Map<string, JournalEvent>} */
  const unwritten = new Map();
  const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
  /** @type {Map<string, (answer: Answer) => void>} */
  const players = new Map();

  function opened() {
    if (database === null) throw new Error("no storage");
    return database;
  }

  const begin = () => opened().transaction(ROWS, "readwrite", { durability: "strict" });
  /** @returns {Promise<JournalEvent[]>} */
  const stored = async () => (database === null ? [] : result(rowsOf(database.transaction(ROWS)).getAll()));

  /** @param {string} id */
  async function tell(id) {
    const rows = await result(rowsOf(opened().transaction(ROWS)).index("activity").getAll(id));
    players.get(id)?.({ from: 0, rows });
  }

  const tellAll = () => (database === null ? null : players.forEach((_, id) => tell(id)));

  /** @param {string} id
   * @param {JournalEvent[]} events */
  async function write(id, events) {
    if (events.length > 0) {
      const work = begin();
      const rows = rowsOf(work);
      for (const event of events) {
        const asked = rows.index("id").getKey(event.id);
        asked.onsuccess = () => asked.result ?? rows.add(event);
      }
      await finished(work);
      for (const event of events) unwritten.delete(event.id);
      tabs?.postMessage(id);
    }
    await tell(id);
  }

  /** @param {string} id
   * @param {JournalEvent[]} events */
  async function put(id, events) {
    for (const event of events) unwritten.set(event.id, event);
    try {
      await write(id, events);
    } catch (error) {
      const full = error instanceof DOMException && error.name === "QuotaExceededError";
      players.get(id)?.({ problem: full ? "page-full" : "page-forbidden" });
    }
  }

  if (tabs !== null) tabs.onmessage = ({ data }) => (data === null ? tellAll() : tell(data));
  document.addEventListener("visibilitychange", tellAll);
  const first = await stored();

  /** What a player talks to on a page.
   * @param {string} id
   * @param {number} seed
   * @returns {Host} */
  const host = (id, seed) => ({
    owner,
    keeps: true,
    behind: false,
    seed,
    rows: first.filter((row) => row.activity === id),
    remember() {},
    put: ({ events }) => put(id, events),
    listen(callback) {
      players.set(id, callback);
      return () => players.delete(id);
    },
  });

  return {
    works: database !== null,
    rows: first,
    unwritten,
    stored,
    host,
    /** The same for practice: where the browser writes nothing, memory goes on.
     * @param {string} id
     * @param {number} seed
     * @returns {Host} */
    practiceHost(id, seed) {
      const journal = host(id, seed);
      let kept = database !== null;
      /** @type {(answer: Answer) => void} */
      let show;
      return {
        ...journal,
        keeps: false,
        kept: () => kept,
        async put({ from, events }) {
          if (kept) {
            await write(id, events).catch(() => {
              kept = false;
              players.delete(id);
            });
          }
          if (!kept) show({ from, rows: events });
        },
        listen(callback) {
          show = callback;
          return journal.listen(callback);
        },
      };
    },
    /** Everything that was answered, written or not; `shown` is what the screen knows, should the browser have
     * closed or lost what it kept.
     * @param {...JournalEvent[]} shown */
    all: async (...shown) => merged(await stored().catch(() => []), [...unwritten.values()], ...shown),
    /** Take in the rows of a saved file and return how many were new. Nothing that is here gets lost.
     * @param {JournalEvent[]} rows */
    async restore(rows) {
      const work = begin(); // read and written in one: another tab may be answering
      const here = await result(rowsOf(work).getAll());
      const whole = merged(here, rows);
      if (whole.length === here.length) return 0;
      rowsOf(work).clear();
      for (const row of whole) rowsOf(work).add(row);
      await finished(work);
      tabs?.postMessage(null);
      tellAll();
      return whole.length - here.length;
    },
    /** Begin with `rows` in their order; what else is here follows them, in its own.
     * @param {JournalEvent[]} rows */
    async adopt(rows) {
      const work = begin();
      const here = await result(rowsOf(work).getAll());
      const theirs = new Set(rows.map((row) => row.id));
      const whole = [...rows, ...here.filter((row) => !theirs.has(row.id))];
      if (whole.length === here.length && whole.every((row, at) => row.id === here[at].id)) return;
      rowsOf(work).clear();
      for (const row of whole) rowsOf(work).add(row);
      await finished(work);
      tabs?.postMessage(null);
      tellAll();
    },
    close() {
      tabs?.close();
      database?.close();
    },
    async erase() {
      unwritten.clear();
      if (database === null) return;
      const work = begin();
      rowsOf(work).clear();
      await finished(work);
      tabs?.postMessage(null);
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof openJournal>>} Journal */
