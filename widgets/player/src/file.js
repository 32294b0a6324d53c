/* Answers as a file that somebody hands in. */

import { element, fill } from "./elements.js";
import { writeSaved } from "./saved.js";

/** @import { JournalEvent, Say } from "./types.js" */

const FILE = "responses.jsonl";

/** Save rows as a file and return what to say of it.
 * @param {JournalEvent[]} rows
 * @param {Say} say */
export function saveFile(rows, say) {
  if (rows.length === 0) return say("answers-none");
  const address = URL.createObjectURL(new Blob([writeSaved(rows)], { type: "application/x-ndjson" }));
  element("a", { href: address, download: FILE }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  return fill(say("answers-saved"), { name: FILE, n: new Set(rows.map((row) => row.activity)).size });
}
