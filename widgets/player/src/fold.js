/* The fold: (activity, state, event) -> state, for every kind of activity. The twin of `himaya.activities`: no I/O, no clock,
   no randomness. States and scores must equal Python's, so: integers, ids and lists only. */

import { field, isObject } from "./events.js";

/** @import { Activity, Kind, Kinds, State, View } from "./types.js" */

/** @type {Kinds} */
const KINDS = {};

/** Say which kinds of activities this page holds; each entry imports those that it needs.
 * @param {Kinds} kinds */
export const useKinds = (kinds) => Object.assign(KINDS, kinds);

/** What a kind offers: its rules and how it is drawn.
 * @param {Activity} activity
 * @returns {Kind} */
export function kindOf({ id, kind }) {
  if (!Object.hasOwn(KINDS, kind)) throw new Error(`${id}: this page knows no activities of the kind ${kind}`);
  return KINDS[kind];
}

/** The state before the first event; the seed fixes the order in which options are shown.
 * @param {Activity} activity
 * @param {number} seed
 * @returns {State} */
export function start(activity, seed = 0) {
  const common = { seed, turn: 0, content: null, ignored: 0, finished: false };
  return /** @type {State} */ ({ ...common, ...kindOf(activity).rules.start(activity) });
}

/** The state after one event. An event that does not fit is counted in `ignored` and changes nothing else.
 * @param {Activity} activity
 * @param {State} state
 * @param {unknown} event
 * @returns {State} */
export function step(activity, state, event) {
  if (!isObject(event) || field(event, "activity") !== activity.id) return { ...state, ignored: state.ignored + 1 };
  if (field(event, "type") === "begin") {
    const content = field(event, "content");
    return state.content !== null || typeof content !== "string" ? state : { ...state, content };
  }
  const after = kindOf(activity).rules.step(activity, state, event);
  if (after === null) return { ...state, ignored: state.ignored + 1 };
  return { ...after, turn: state.turn + 1 };
}

/** The state that events lead to; events of other activities are passed over.
 * @param {Activity} activity
 * @param {readonly unknown[]} events
 * @param {number} seed */
export function replay(activity, events, seed = 0) {
  let state = start(activity, seed);
  for (const event of events) {
    if (isObject(event) && field(event, "activity") === activity.id) state = step(activity, state, event);
  }
  return state;
}

/** The share of the points earned, as [numerator, denominator]; needs an activity with its key.
 * @param {Activity} activity
 * @param {State} state */
export const score = (activity, state) => kindOf(activity).rules.score(activity, state);

/** What the debrief of a simulation tells, null where a kind has none; needs an activity with its key.
 * @param {Activity} activity
 * @param {State} state */
export const debrief = (activity, state) => kindOf(activity).rules.debrief?.(activity, state) ?? null;

/** Everything that drawing needs, and nothing that it must not show yet.
 * @param {Activity} activity
 * @param {State} state
 * @returns {View} */
export function view(activity, state) {
  const base = {
    id: activity.id,
    kind: activity.kind,
    mode: activity.mode,
    phase: state.phase,
    turn: state.turn,
    finished: state.finished,
    begun: state.content !== null,
    changed: state.content !== null && state.content !== activity.hash,
  };
  return { ...base, ...kindOf(activity).drawing.view(activity, state) };
}
