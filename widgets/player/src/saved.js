/* The file of saved answers, the same `responses.jsonl` that a notebook writes. Pure: text in, rows out, and back.
   What it reads comes from anywhere: nothing in it is trusted, and nothing in it is ever markup. */

const FIELDS = ["id", "activity", "type", "turn", "at", "choice", "value", "content", "language", "time", "seq"];
const LARGEST_LINE = 100000;
const MOST_LEVELS = 20;

const deeper = (value, levels) =>
  typeof value === "object" && value !== null && (levels === 0 || Object.values(value).some((inner) => deeper(inner, levels - 1)));

/** Return the event on one line, or null where the line holds none that a journal takes. */
export function readLine(line) {
  if (line.length > LARGEST_LINE) return null;
  try {
    const row = JSON.parse(line);
    if (![row.id, row.activity, row.type].every((name) => typeof name === "string")) return null;
    if (row.id.length < 8 || row.id.length > 64) return null;
    const kept = Object.fromEntries(FIELDS.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
    return deeper(kept, MOST_LEVELS) ? null : kept;
  } catch {
    return null;
  }
}

/** Return the rows of a saved file, and how many of its lines are none. */
export function readSaved(text) {
  const lines = text.replace(/^\ufeff/, "").split("\n").filter((line) => line.trim() !== "");
  const rows = lines.map(readLine).filter((row) => row !== null);
  return { rows, damaged: lines.length - rows.length };
}

const whole = (_, value) => (typeof value === "string" ? value.replace(/[\ud800-\udfff]/gu, "\ufffd") : value);

/** Return rows as the text of a saved file; half characters become U+FFFD, as in a notebook's journal. */
export const writeSaved = (rows) => rows.map((row) => `${JSON.stringify(row, whole)}\n`).join("");

/** Put journals of one person together, each in its own order, by time where they meet; a clock that went backwards
    holds its own journal up and mixes none. Twin of himaya_autograde.import_answers.merged. */
export function merged(...journals) {
  const placed = new Map();
  for (const rows of journals) {
    let latest = "";
    for (const row of rows) {
      if (typeof row.time === "string" && row.time > latest) latest = row.time;
      if (!placed.has(row.id)) placed.set(row.id, [latest, row]);
    }
  }
  const inTime = ([one], [other]) => (one < other ? -1 : one > other ? 1 : 0);
  return [...placed.values()].sort(inTime).map(([, row]) => row);
}
