/* What scenario, interview, lab and case file share: each may be skipped, and then a text written instead earns the same. */

import { button, element, labelled, paragraphs } from "../elements.js";
import { textBox } from "../typing.js";

/** @import { Act, Parts, PlainKey, Say } from "../types.js" */

/** Which sentences a kind says it with.
 * @typedef {{ skip: PlainKey, skipped: PlainKey, unskip: PlainKey }} Words */
/** @typedef {{ content_note: string, alternative: string }} Simulation */
/** @typedef {{ setting: string }} Placed */

/** The state after a simulation is skipped, a text is written instead, or the trainee comes back; null where that does not fit.
 * @template {{ phase: string, value: string, finished: boolean }} S
 * @param {S} state
 * @param {string} working the phase in which it may be skipped, and in which it goes on
 * @param {unknown} type
 * @param {unknown} value
 * @returns {S | null} */
export function skip(state, working, type, value) {
  if (type === "skip" && state.phase === working) return { ...state, phase: "skipped" };
  if (state.phase !== "skipped") return null;
  if (type === "answer" && typeof value === "string") {
    return { ...state, value, finished: state.finished || value !== "" };
  }
  return type === "unskip" ? { ...state, phase: working } : null;
}

/** A heading that gets the focus when something new stands below it.
 * @param {string} text */
export const headline = (text) => element("h4", { tabindex: "-1", "data-key": "heading" }, text);

/** @param {Words} words
 * @param {Act} act
 * @param {Say} say */
export const skipButton = (words, act, say) => button("skip", say(words.skip), () => act("skip", {}, "heading"));

/** Where all this is, once it has begun: folded, and below what is decided.
 * @param {Placed} activity
 * @param {Say} say */
export const whereAmI = ({ setting }, say) =>
  element(
    "details",
    {},
    element("summary", { "data-key": "setting" }, say("where-am-i")),
    element("div", { class: "himaya-setting" }, ...paragraphs(setting)),
  );

/** What stands before a simulation: what it is about, that it may be skipped, and where all this is.
 * @param {Simulation & Placed} activity
 * @param {Words} words
 * @param {Act} act
 * @param {Say} say
 * @param {Node | null} more what there is to say beside it */
export const contentNote = (activity, words, act, say, more = null) =>
  element(
    "div",
    { class: "himaya-note" },
    headline(say("content-note")),
    ...paragraphs(activity.content_note),
    more,
    element("div", { class: "himaya-buttons" }, skipButton(words, act, say)),
    labelled(say("where-am-i"), ...paragraphs(activity.setting)),
    element(
      "div",
      { class: "himaya-buttons" },
      button("start", say("start"), () => act("begin", {}, "heading"), { class: "himaya-main" }),
    ),
  );

/** What is shown once it is skipped: the other task, and the way back.
 * @param {Simulation} activity
 * @param {string} value
 * @param {Words} words
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
export const instead = (activity, value, words, act, say) => [
  headline(say("alternative")),
  element("p", {}, say(words.skipped)),
  ...paragraphs(activity.alternative),
  textBox(value, say("text-label"), say("text-help-short"), act),
  element("div", { class: "himaya-buttons" }, button("unskip", say(words.unskip), () => act("unskip", {}, "heading"))),
];
