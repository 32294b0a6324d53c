/* Choice: one right option, or several. */

import { element } from "../elements.js";
import { ids, readIds } from "../events.js";
import { shuffled } from "../shuffle.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { ChoiceActivity, ChoiceState, Say } from "../types.js" */

/** @typedef {{ id: string, text: string, picked: boolean, correct?: boolean, rationale?: string }} ShownOption */

/** @type {(activity: ChoiceActivity, state: ChoiceState) => boolean} */
const answered = (_activity, { value }) => value !== null && value.length > 0;

export const rules = itemRules({
  /** @param {ChoiceActivity} activity
   * @param {unknown} value
   * @returns {ChoiceState["value"]} */
  read(activity, value) {
    const options = ids(activity.options);
    const found = readIds(value, options);
    if (found === null || (activity.select === "one" && found.length !== 1)) return null;
    return options.filter((option) => found.includes(option));
  },

  answered,

  /** @param {ChoiceActivity} activity
   * @param {ChoiceState} state
   * @returns {[number, number]} */
  score({ options, select }, { value }) {
    if (value === null) return [0, 1];
    const rightOptions = ids(options.filter((option) => option.correct));
    const right = value.filter((option) => rightOptions.includes(option)).length;
    if (select === "one") return [right, 1];
    const wrong = value.length - right;
    // At least 1: where every option is right, or none, that half of the difference is 0, not 0 of 0.
    const rightOf = Math.max(1, rightOptions.length);
    const wrongOf = Math.max(1, options.length - rightOptions.length);
    return [Math.max(0, right * wrongOf - wrong * rightOf), rightOf * wrongOf];
  },
});

export const drawing = itemDrawing(rules, {
  answered,

  fields({ options, select }, { seed, value }, checked) {
    const shown = shuffled(options, seed).map(({ id, text, correct, rationale }) => {
      const picked = value !== null && value.includes(id);
      return checked ? { id, text, picked, correct, rationale } : { id, text, picked };
    });
    return { select, options: shown };
  },

  draw(activity, view, act, say) {
    const one = view.select === "one";
    const checked = view.phase === "checked";
    const form = element(
      "fieldset",
      { "aria-describedby": described(activity) },
      element("legend", {}, say(checked ? "answer-shown" : one ? "choose-one" : "choose-several")),
    );
    const answer = () => {
      const picked = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input:checked"));
      act("answer", { value: Array.from(picked, (input) => input.value) });
    };
    const about = { type: one ? "radio" : "checkbox", name: activity.id, disabled: checked, onchange: answer };
    const others = view.options.filter(({ picked, correct }) => checked && !picked && !correct);
    const first = view.options.filter((option) => !others.includes(option));
    form.append(...first.map((option) => optionRow(option, about, say)));
    if (others.length === 0) return [form];
    const summary = element("summary", { "data-key": "others" }, say("why-not-others"));
    form.append(element("details", {}, summary, ...others.map((option) => optionRow(option, about, say))));
    return [form];
  },
});

/** @param {ShownOption} option
 * @param {{ type: string, name: string, disabled: boolean, onchange: () => void }} about
 * @param {Say} say */
function optionRow({ id, text, picked, correct, rationale }, about, say) {
  const input = element("input", { ...about, value: id, checked: picked, "data-key": `pick-${id}` });
  const label = element("label", { class: "himaya-option" }, input, element("span", {}, text));
  if (!about.disabled) return label;
  const word = correct ? (picked ? "right" : "right-not-picked") : picked ? "not-right" : "not-picked";
  const mark = correct ? "✓" : picked ? "✗" : "–";
  const colour = correct ? " himaya-good" : picked ? " himaya-bad" : "";
  const verdict = element("p", {}, element("strong", {}, `${mark} ${say(word)}. `), rationale ?? null);
  return element("div", { class: `himaya-explained${colour}` }, label, verdict);
}
