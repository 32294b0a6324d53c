/* Answers as a file that somebody hands in: saved, or passed on to another app of a phone. */

import { element, fill } from "./elements.js";
import { writeSaved } from "./saved.js";

/** @import { JournalEvent, Say } from "./types.js" */

/** The name of a file of answers: of which module, saved on which day.
 * @param {string} owner
 * @param {Date} day */
export function fileName(owner, day = new Date()) {
  const date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${owner.split("/").pop()}-${date.join("-")}.jsonl`;
}

/** Save rows as a file and return what to say of it.
 * @param {JournalEvent[]} rows
 * @param {string} owner whose answers they are: it ends with the module
 * @param {Say} say */
export function saveFile(rows, owner, say) {
  if (rows.length === 0) return say("answers-none");
  const name = fileName(owner);
  const address = URL.createObjectURL(new Blob([writeSaved(rows)], { type: "application/x-ndjson" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  return fill(say("answers-saved"), { name, n: new Set(rows.map((row) => row.activity)).size });
}

/** Browsers pass on only kinds of files that they know, so the name ends in `.txt`.
 * @param {string} text
 * @param {string} name */
const plain = (text, name) => new File([text], `${name}.txt`, { type: "text/plain" });

/** Whether this device passes files on to another app. */
export const canShare = () => navigator.canShare?.({ files: [plain("", "file")] }) === true;

/** Pass rows on as a file and return what to say of it; a device that refuses saves them instead.
 * @param {JournalEvent[]} rows
 * @param {string} owner
 * @param {Say} say */
export async function shareFile(rows, owner, say) {
  if (rows.length === 0) return say("answers-none");
  const file = plain(writeSaved(rows), fileName(owner));
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    return error instanceof DOMException && error.name === "AbortError" ? "" : saveFile(rows, owner, say);
  }
  return fill(say("answers-shared"), { name: file.name });
}
