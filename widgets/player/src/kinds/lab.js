/* Lab: a piece of work whose model runs in a kernel. Keeps what was decided, in order, and whether it was finished. Where no
   kernel is: a card to read about it, its written alternative, and the way to the lab itself. */

import { element, joined, paragraphs } from "../elements.js";
import { field, isObject } from "../events.js";
import { DECISION_DEPTH, MOST_DECISIONS, MOST_WEIGHT } from "../generated/limits.js";
import { headline, instead, skip, skipButton } from "./simulations.js";

/** @import { Drawing, LabActivity, LabState, Rules } from "../types.js" */
/** @import { Words } from "./simulations.js" */

/** @satisfies {Words} */
const WORDS = { skip: "lab-skip", skipped: "lab-skipped", unskip: "lab-unskip" };

/** Characters as Python counts them: a pair of surrogates is one.
 * @param {string} text */
const lengthOf = (text) => [...text].length;

/** About how large a JSON value is, in characters; too deep a value is too large.
 * @param {unknown} value
 * @param {number} levels
 * @returns {number} */
function weight(value, levels) {
  if (typeof value === "string") return lengthOf(value) + 1;
  if (typeof value !== "object" || value === null) return 1;
  const entries = Object.entries(value);
  if (levels === 0 || entries.length > MOST_WEIGHT) return MOST_WEIGHT + 1;
  const named = !Array.isArray(value);
  return entries.reduce((sum, [key, entry]) => sum + (named ? lengthOf(key) : 0) + weight(entry, levels - 1), 1);
}

/** @param {unknown} value
 * @returns {value is Record<string, unknown>} */
const isDecision = (value) => isObject(value) && weight(value, DECISION_DEPTH) <= MOST_WEIGHT;

/** @type {Rules<LabActivity, LabState>} */
export const rules = {
  start: () => ({ phase: "work", decisions: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    const value = field(event, "value");
    const { phase, decisions } = state;
    if (field(event, "turn") !== state.turn) return null;
    if (phase === "skipped" || type === "skip") return skip(state, "work", type, value);
    if (phase === "work") {
      if (type === "decide" && decisions.length < MOST_DECISIONS && isDecision(value)) {
        return { ...state, decisions: [...decisions, value] };
      }
      if (type === "finish" && decisions.length >= activity.least) return { ...state, phase: "finished", finished: true };
    }
    const again = phase === "work" || activity.mode === "practice";
    return type === "restart" && again && decisions.length > 0 ? { ...state, phase: "work", decisions: [] } : null;
  },

  // What a graded lab earns, its model says, which runs in Python alone.
  score: (_activity, state) => [state.finished ? 1 : 0, 1],
};

/** @type {Record<string, string[]>} */
const MOVES = { work: ["skip"], skipped: ["answer", "unskip"], finished: [] };

/** @type {Drawing<LabActivity, LabState, { decided: number, value: string, can: string[] }>} */
export const drawing = {
  titled: true,
  view: (_activity, { phase, decisions, value }) => ({ decided: decisions.length, value, can: MOVES[phase] }),

  draw(activity, view, act, say) {
    if (view.phase === "skipped") return instead(activity, view.value, WORDS, act, say);
    const { address, assumptions, debrief } = activity;
    /** @param {string} label
     * @param {string[]} lines */
    const folded = (label, lines) => element("details", {}, element("summary", {}, label), ...lines.flatMap(paragraphs));
    const way = address
      ? element("p", {}, element("a", { href: address }, say("lab-open-app")))
      : element("p", { class: "himaya-setting" }, say("lab-page"));
    return [
      element("div", { class: "himaya-note" }, headline(say("content-note")), ...paragraphs(activity.content_note)),
      element("h4", {}, say("lab-briefing")),
      ...activity.briefing.flatMap(paragraphs),
      way,
      folded(say("lab-first-step"), activity.first_step),
      assumptions ? folded(say("lab-assumes"), assumptions.map(({ says, source }) => `${says} (${joined(source, activity.language)})`)) : null,
      debrief ? folded(say("lab-debrief"), debrief) : null,
      element("div", { class: "himaya-buttons" }, skipButton(WORDS, act, say)),
    ];
  },
};
