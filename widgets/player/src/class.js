/* What a page in a class knows of it: who is signed in on this device, how to ask the service, and how to send and
   remove what this device holds of a person. */

import { enteredAgain, leave } from "./exit.js";
import { openJournal } from "./hosts/database.js";
import { keys } from "./stored.js";

/** @import { JournalEvent } from "./types.js" */

/** Who is signed in here; `key` goes with each request, so that no other site can make one.
 * @typedef {{ who: string, key: string, home: string, course: string, modules: string[] }} Person */
/** @typedef {{ epoch: string, from: number, total: number, rows: JournalEvent[], refused: string[] }} Received */
/** @typedef {{ epoch: string, n: number }} Cursor How many rows here are the class's, in its order. */

/** The page to sign in on, beside every other page; a browser has kept it, so it opens while the class is off. */
export const DOOR = "door.html";
const PERSON = "himaya-class";
const OURS = "himaya:class/";
const PATIENCE = 15000; // milliseconds
const LARGEST_PUT = 150000; // letters; the service takes a megabyte

/** The service said no. 401: nobody, or somebody else, is signed in here. */
class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

/** What the service answered, or 0 where it did not.
 * @param {unknown} error */
export const statusOf = (error) => (error instanceof Refused ? error.status : 0);

/** @returns {Person | null} */
export function signedIn() {
  try {
    return JSON.parse(localStorage.getItem(PERSON) ?? "null");
  } catch {
    return null;
  }
}

/** Open a page for whoever is signed in on this device; anybody else is led to the door.
 * @param {(person: Person) => void} open */
export function enterAs(open) {
  const person = signedIn();
  if (enteredAgain()) leave();
  else if (person === null) location.replace(DOOR);
  else open(person);
}

/** @param {Person} person */
export const remember = (person) => localStorage.setItem(PERSON, JSON.stringify(person));

/** Leave this page when somebody else is signed in on this device, or nobody any more.
 * @param {Person} person */
export function leaveWith(person) {
  globalThis.addEventListener("storage", () => {
    if (signedIn()?.who !== person.who) location.replace(DOOR);
  });
}

/** Under which name this browser keeps what `person` answers.
 * @param {Person} person
 * @param {string} owner */
export const ownerIn = (person, owner) => `class/${person.who}/${owner}`;

/** Ask the service; any other answer than 200 is an error.
 * @param {string} what
 * @param {object} [body]
 * @returns {Promise<any>} */
export async function ask(what, body = {}) {
  const person = signedIn();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(`/class/api/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Himaya-Key": person?.key ?? "", "X-Himaya-Who": person?.who ?? "" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    if (!answer.ok) throw new Refused(answer.status);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} owner
 * @returns {Cursor} */
function cursorOf(owner) {
  try {
    const { epoch, n } = JSON.parse(localStorage.getItem(`himaya:${owner}:class`) ?? "{}");
    return typeof epoch === "string" && Number.isSafeInteger(n) && n >= 0 ? { epoch, n } : { epoch: "", n: 0 };
  } catch {
    return { epoch: "", n: 0 };
  }
}

/** As many as fit into one request, at least one.
 * @param {JournalEvent[]} events */
function firstOf(events) {
  let size = 0;
  return events.filter((event, at) => {
    size += JSON.stringify(event).length;
    return at === 0 || size <= LARGEST_PUT;
  });
}

/** @typedef {Awaited<ReturnType<typeof openJournal>>} Journal */

/** Send what the class does not have, and take over its rows and their order.
 * @param {Journal} journal
 * @param {string} owner
 * @param {string} module
 * @param {Set<string>} refused Ids that the class will not take; more may come.
 * @param {() => void} [onStep] Called after each exchange. */
export async function exchange(journal, owner, module, refused, onStep) {
  for (;;) {
    const known = cursorOf(owner); // before the rows: another tab may go on in between, and only adds to what holds
    const here = await journal.stored();
    if (known.n > here.length) known.n = 0; // somebody removed them here
    const events = firstOf(here.slice(known.n).filter(({ id }) => !refused.has(id)));
    /** @type {Received} */
    const { epoch, from, total, rows, refused: more } = await ask("journal", { module, ...known, events });
    for (const id of more) refused.add(id);
    const theirs = [...here.slice(0, from), ...rows];
    await journal.adopt(theirs);
    localStorage.setItem(`himaya:${owner}:class`, JSON.stringify({ epoch, n: theirs.length }));
    onStep?.();
    const left = await unsent(journal, owner);
    if (theirs.length >= total && left.every(({ id }) => refused.has(id))) return;
  }
}

/** What the class does not have of a journal, as far as this device knows.
 * @param {Journal} journal
 * @param {string} owner */
export const unsent = async (journal, owner) => (await journal.stored()).slice(cursorOf(owner).n);

/** Send what is here of a person, and return what could not be sent, by module.
 * @param {Person} person */
export async function sendAll(person) {
  /** @type {Map<string, JournalEvent[]>} */
  const left = new Map();
  for (const module of person.modules) {
    const owner = ownerIn(person, `${person.course}/${module}`);
    if (cursorOf(owner).epoch === "" && !keys().some((key) => key.startsWith(`himaya:${owner}:`))) continue; // never opened
    const journal = await openJournal(owner);
    await exchange(journal, owner, module, new Set()).catch(() => null);
    const rows = await unsent(journal, owner).catch(() => []);
    if (rows.length > 0) left.set(module, rows);
    journal.close();
  }
  return left;
}

/** Remove everything of every person in a class from this browser.
 * @param {Person} person */
export async function clearAll(person) {
  for (const module of person.modules) {
    const journal = await openJournal(ownerIn(person, `${person.course}/${module}`));
    await journal.erase().catch(() => null);
    journal.close();
    indexedDB.deleteDatabase(`himaya:${ownerIn(person, `${person.course}/${module}`)}`);
  }
  for (const key of keys()) if (key.startsWith(OURS) || key === PERSON) localStorage.removeItem(key);
  sessionStorage.clear();
}
