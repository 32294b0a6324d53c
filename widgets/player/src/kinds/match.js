/* Match: rows, each with the option that belongs to it. */

import { button, element } from "../elements.js";
import { ids, readId, shownOptions, textOf } from "../events.js";
import { shuffled } from "../shuffle.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { MatchActivity, MatchState, Say } from "../types.js" */

/** @typedef {{ id: string, text: string, picked: string | null, correct?: string, key?: string, rationale?: string }} ShownRow */

/** @type {(activity: MatchActivity, state: MatchState) => boolean} */
const answered = ({ rows }, { value }) => value !== null && value.length === rows.length;

export const rules = itemRules({
  /** @param {MatchActivity} activity
   * @param {unknown} value
   * @returns {MatchState["value"]} */
  read(activity, value) {
    const rows = ids(activity.rows);
    const options = ids(activity.options);
    if (!Array.isArray(value) || value.length > rows.length) return null;
    /** @type {string[]} */
    const seen = [];
    const pairs = [];
    for (const pair of value) {
      if (!Array.isArray(pair) || pair.length !== 2) return null;
      const row = readId(pair[0], rows);
      const option = readId(pair[1], options);
      if (row === null || option === null || seen.includes(row)) return null;
      seen.push(row);
      pairs.push([row, option]);
    }
    return pairs;
  },

  answered,

  /** @param {MatchActivity} activity
   * @param {MatchState} state
   * @returns {[number, number]} */
  score({ rows }, { value }) {
    if (value === null) return [0, 1];
    const right = rows.filter(({ id, answer }) => value.some((pair) => pair[0] === id && pair[1] === answer));
    return [right.length, rows.length];
  },
});

export const drawing = itemDrawing(rules, {
  answered,

  fields({ rows, options }, { seed, value }, checked) {
    const shown = rows.map(({ id, text, answer, rationale }) => {
      const picked = value?.find((pair) => pair[0] === id)?.[1] ?? null;
      if (!checked || answer === undefined) return { id, text, picked };
      return { id, text, picked, correct: answer, key: textOf(options, answer), rationale };
    });
    return { rows: shown, options: shownOptions(shuffled(options, seed)) };
  },

  draw(activity, view, act, say) {
    const help = say("match-help");
    const form = element("fieldset", { class: "himaya-match", "aria-describedby": described(activity) }, element("legend", {}, help));
    if (view.phase === "checked") {
      form.append(...view.rows.map((row) => checkedRow(row, view.options, say)));
      return [form];
    }
    /** Put an option to a row and go on with the first row that has none.
     * @param {string} to
     * @param {string} option */
    const put = (to, option) => {
      const rows = view.rows.map(({ id, picked }) => ({ id, picked: id === to ? option : picked }));
      const next = rows.find(({ picked }) => picked === null);
      const value = rows.filter(({ picked }) => picked !== null).map(({ id, picked }) => [id, picked]);
      act("answer", { value }, next === undefined ? `match-${to}` : `put-${next.id}.${view.options[0].id}`);
    };
    const open = view.rows.find(({ picked }) => picked === null);
    form.append(...view.rows.map((row) => openRow(row, row === open, view.options, { name: `${activity.id}-rows`, put, say })));
    return [form];
  },
});

/** A row that unfolds what may belong to it: one tap on the row, one on the option.
 * @param {ShownRow} row
 * @param {boolean} open
 * @param {{ id: string, text: string }[]} options
 * @param {{ name: string, put: (row: string, option: string) => void, say: Say }} about */
function openRow({ id: row, text, picked }, open, options, { name, put, say }) {
  const chosen = picked === null ? say("choose-option") : textOf(options, picked);
  const buttons = options.map((option) =>
    button(`put-${row}.${option.id}`, option.text, () => put(row, option.id), { "aria-pressed": String(option.id === picked) }),
  );
  const summary = element(
    "summary",
    { "data-key": `match-${row}` },
    element("span", {}, text),
    element("span", { class: picked === null ? "himaya-help" : "himaya-put" }, chosen),
  );
  return element("details", { name, open }, summary, element("div", { role: "group", "aria-label": text }, ...buttons));
}

/** @param {ShownRow} row
 * @param {{ id: string, text: string }[]} options
 * @param {Say} say */
function checkedRow({ text, picked, correct, key, rationale }, options, say) {
  const right = picked === correct;
  const put = element("span", { class: "himaya-put" }, picked === null ? "" : textOf(options, picked));
  const mark = right ? "✓" : "✗";
  const better = right ? "" : ` ${say("right-answer")}: ${key}.`;
  const verdict = element("strong", {}, `${mark} ${say(right ? "right" : "not-right")}.${better} `);
  const row = element("p", {}, element("span", {}, text), put);
  return element("div", { class: `himaya-explained himaya-${right ? "good" : "bad"}` }, row, element("p", {}, verdict, rationale ?? null));
}
