/* Questions: what choice, order, match, number and text have in common. An answer replaces the earlier one. */

import { button, captioned, element, paragraphs, sources } from "../elements.js";
import { field } from "../events.js";

/** @import { Act, BaseView, Drawing, ItemActivity, ItemState, ItemView, Parts, Rules, Say } from "../types.js" */

/** One step for all questions. Practice can be checked at once and tried again.
 * @template {ItemActivity} A
 * @template {ItemState} S
 * @param {{
 *   read(activity: A, value: unknown): S["value"],
 *   answered(activity: A, state: S): boolean,
 *   score(activity: A, state: S): [number, number],
 * }} kind
 * @returns {Rules<A, S>} */
export const itemRules = ({ read, answered, score }) => ({
  start: () => ({ phase: "answer", value: null }),

  step(activity, state, event) {
    const type = field(event, "type");
    const practice = activity.mode === "practice";
    if (type === "answer" && state.phase === "answer") {
      const value = read(activity, field(event, "value"));
      if (value === null) return null;
      const after = { ...state, value };
      return practice ? after : { ...after, finished: answered(activity, after) };
    }
    if (!practice || field(event, "turn") !== state.turn) return null;
    if (type === "check" && state.phase === "answer" && answered(activity, state)) {
      return { ...state, phase: "checked", finished: true };
    }
    if (type === "retry" && state.phase === "checked") return { ...state, phase: "answer" };
    return null;
  },

  score,
});

/** How a question is drawn: its stem, its own field, and in practice the check with what it says.
 * @template {ItemActivity} A
 * @template {ItemState} S
 * @template V
 * @param {Rules<A, S>} rules
 * @param {{
 *   answered(activity: A, state: S): boolean,
 *   fields(activity: A, state: S, checked: boolean): V,
 *   draw(activity: A, view: BaseView & V & ItemView, act: Act, say: Say): Parts,
 *   update?(body: HTMLElement, view: V, say: Say): void,
 *   judged?: boolean,
 *   settle?(view: V, act: Act): void,
 * }} kind `judged`: whether the check says right or not; `settle`: records what is shown as the answer before a check.
 * @returns {Drawing<A, S, ItemView & V>} */
export const itemDrawing = (rules, { answered, fields, draw, update, judged = true, settle }) => ({
  titled: false,
  update,

  view(activity, state) {
    const checked = state.phase === "checked";
    const can = checked ? ["retry"] : activity.mode === "practice" ? ["answer", "check"] : ["answer"];
    const drawn = { stem: activity.stem, answered: answered(activity, state), ...fields(activity, state, checked) };
    if (!checked) return { ...drawn, can };
    const rationale = "rationale" in activity ? String(activity.rationale) : null;
    return { ...drawn, share: rules.score(activity, state), rationale, source: activity.source, can };
  },

  draw(activity, view, act, say) {
    const stem = element("div", { class: "himaya-stem", id: `himaya-stem-${activity.id}` }, ...paragraphs(view.stem));
    const field = draw(activity, view, act, say);
    if (view.mode !== "practice") return [stem, ...field];
    if (view.phase === "answer") return [stem, ...field, ...asking(activity.id, () => settle?.(view, act), act, say)];
    return [stem, judgement(view, say, judged), ...field, ...afterwards(activity, view, act, say)];
  },
});

/** The ids of what explains a field: the question, the sentence about its form, what is wrong with it.
 * @param {{ id: string }} activity
 * @param {...string} parts */
export const described = ({ id }, ...parts) => ["stem", ...parts, "warning"].map((part) => `himaya-${part}-${id}`).join(" ");

/** The one button below a question that can be checked.
 * @param {string} activity
 * @param {() => void} settle
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function asking(activity, settle, act, say) {
  const id = `himaya-warning-${activity}`;
  const warning = element("p", { class: "himaya-warning", role: "alert", id });
  const check = () => {
    if (!act.view().answered) settle();
    const { answered, readable } = act.view();
    if (answered) act("check", {}, "feedback");
    else warning.textContent = readable === false ? "" : say("answer-first"); // what cannot be read is said beside the field
  };
  const press = button("check", say("check"), check, { class: "himaya-main", "aria-describedby": id });
  return [warning, element("div", { class: "himaya-buttons" }, press)];
}

/** Right or not, and why: before the answer is shown once more.
 * @param {ItemView} view
 * @param {Say} say
 * @param {boolean} judged */
function judgement({ share, rationale }, say, judged) {
  const sure = judged && share !== undefined ? share : null;
  const colour = sure === null || sure[0] === sure[1] ? "good" : "bad";
  return element(
    "div",
    { class: `himaya-feedback himaya-${colour}`, tabindex: "-1", "data-key": "feedback" },
    sure && verdict(sure, say),
    ...(rationale ? [captioned(say("why"), ...paragraphs(rationale))] : []),
  );
}

/** @param {{ language: string }} activity
 * @param {ItemView} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
const afterwards = ({ language }, view, act, say) => [
  sources(say, view.source, language),
  element(
    "div",
    { class: "himaya-buttons" },
    button("retry", say("retry"), () => act("retry", {}, "first")),
  ),
];

/** @param {[number, number]} share
 * @param {Say} say */
function verdict([earned, whole], say) {
  const [mark, word] =
    earned === whole ? ["✓", say("right")] : earned === 0 ? ["✗", say("not-right")] : ["○", say("partly-right")];
  const strong = element("strong", { class: "himaya-verdict" }, word);
  return element("p", {}, element("span", { "aria-hidden": "true" }, `${mark} `), strong);
}
