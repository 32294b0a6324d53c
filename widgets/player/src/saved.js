/* The file of saved answers, the same `responses.jsonl` that a notebook writes. Pure: text in, rows out, and back.
   What it reads comes from anywhere: nothing in it is trusted, and nothing in it is ever markup. */

import { EVENT_FIELDS, MAX_DEPTH, MAX_EVENT_BYTES, MAX_ID, MIN_ID } from "./generated/limits.js";

/** @import { JournalEvent } from "./types.js" */

/** Whether lists and objects stand in each other on more than `levels` levels.
 * @param {unknown} value
 * @param {number} levels
 * @returns {boolean} */
const deeper = (value, levels) =>
  typeof value === "object" && value !== null && (levels === 0 || Object.values(value).some((inner) => deeper(inner, levels - 1)));

/** Return the event on one line, or null where the line is none that a journal takes.
 * @param {string} line
 * @returns {JournalEvent | null} */
export function readLine(line) {
  if (line.length > MAX_EVENT_BYTES) return null;
  try {
    const row = JSON.parse(line);
    if (![row.id, row.activity, row.type].every((name) => typeof name === "string")) return null;
    if (row.id.length < MIN_ID || row.id.length > MAX_ID) return null;
    const kept = Object.fromEntries(EVENT_FIELDS.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
    return deeper(kept, MAX_DEPTH) ? null : /** @type {JournalEvent} */ (kept);
  } catch {
    return null;
  }
}

/** Return the rows of a saved file, and how many of its lines are none.
 * @param {string} text */
export function readSaved(text) {
  const lines = text.replace(/^\ufeff/, "").split("\n").filter((line) => line.trim() !== "");
  const rows = lines.map(readLine).filter((row) => row !== null);
  return { rows, damaged: lines.length - rows.length };
}

/** @param {string} _name
 * @param {unknown} value */
const whole = (_name, value) => (typeof value === "string" ? value.replace(/[\ud800-\udfff]/gu, "\ufffd") : value);

/** Return rows as the text of a saved file; half characters become U+FFFD, as in a notebook's journal.
 * @param {JournalEvent[]} rows */
export const writeSaved = (rows) => rows.map((row) => `${JSON.stringify(row, whole)}\n`).join("");

/** Put journals of one person together, each in its own order, by time where they meet; a clock that went backwards
 * holds its own journal up and mixes none. Twin of himaya_autograde.import_answers.merged.
 * @param {...JournalEvent[]} journals
 * @returns {JournalEvent[]} */
export function merged(...journals) {
  /** @type {Map<string, { latest: string, row: JournalEvent }>} */
  const placed = new Map();
  for (const rows of journals) {
    let latest = "";
    for (const row of rows) {
      if (typeof row.time === "string" && row.time > latest) latest = row.time;
      if (!placed.has(row.id)) placed.set(row.id, { latest, row });
    }
  }
  const inTime = [...placed.values()].sort((one, other) => (one.latest < other.latest ? -1 : one.latest > other.latest ? 1 : 0));
  return inTime.map(({ row }) => row);
}
