/* Match: rows, each with the option that belongs to it. */

import { element } from "../elements.js";
import { ids, readId, shownOptions, textOf } from "../events.js";
import { shuffled } from "../shuffle.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { MatchActivity, MatchState, Say } from "../types.js" */

/** @typedef {{ id: string, text: string, picked: string | null, correct?: string, key?: string, rationale?: string }} ShownRow */

const LONG = 28; // letters; a closed list on a phone cuts a longer text

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
    const form = element(
      "fieldset",
      { class: "himaya-match", "aria-describedby": described(activity) },
      element("legend", {}, say("match-help")),
    );
    const answer = () => {
      const pairs = Array.from(form.querySelectorAll("select"), (select) => [select.dataset.row, select.value]);
      act("answer", { value: pairs.filter(([, option]) => option !== "") });
    };
    const about = { disabled: view.phase === "checked", onchange: answer };
    form.append(...view.rows.map((row) => matchRow(row, view.options, about, say)));
    return [form];
  },
});

/** @param {ShownRow} row
 * @param {{ id: string, text: string }[]} options
 * @param {{ disabled: boolean, onchange: () => void }} about
 * @param {Say} say */
function matchRow(row, options, about, say) {
  const choices = options.map(({ id, text }) => element("option", { value: id, selected: id === row.picked }, text));
  const select = element(
    "select",
    { "data-key": `match-${row.id}`, "data-row": row.id, ...about },
    element("option", { value: "", selected: row.picked === null }, say("choose-option")),
    ...choices,
  );
  const label = element("label", {}, element("span", {}, row.text), select);
  const picked = row.picked === null ? "" : textOf(options, row.picked);
  // Whoever hears the page has heard it from the list.
  if (picked.length > LONG) label.append(element("span", { class: "himaya-whole", "aria-hidden": "true" }, picked));
  if (!about.disabled) return label;
  const right = row.picked === row.correct;
  const key = right ? "" : ` ${say("right-answer")}: ${row.key}.`;
  const verdict = element("strong", {}, `${right ? "✓" : "✗"} ${say(right ? "right" : "not-right")}.${key} `);
  const why = element("p", {}, verdict, row.rationale ?? null);
  return element("div", { class: `himaya-explained ${right ? "himaya-good" : "himaya-bad"}` }, label, why);
}
