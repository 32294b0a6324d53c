/* Text: a reflection, which a person marks with its rubric. */

import { element, fill } from "../elements.js";
import { textBox } from "../typing.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { TextActivity, TextState } from "../types.js" */

/** @type {(activity: TextActivity, state: TextState) => boolean} */
const answered = (_activity, { value }) => value !== null && value.length > 0;

export const rules = itemRules({
  /** @param {TextActivity} _activity
   * @param {unknown} value
   * @returns {TextState["value"]} */
  read: (_activity, value) => (typeof value === "string" ? value : null),

  answered,

  /** @returns {[number, number]} */
  score: () => [0, 1],
});

export const drawing = itemDrawing(rules, {
  answered,
  judged: false,

  fields: ({ words, rubric }, { value }) => ({ value, words, rubric }),

  draw(activity, view, act, say) {
    const [min, max] = view.words;
    const levels = view.rubric.map(({ level, text }) => element("li", {}, `${fill(say("level"), { n: level })}: ${text}`));
    const marking = element(
      "details",
      {},
      element("summary", { "data-key": "rubric" }, say("rubric")),
      element("ul", {}, ...levels),
    );
    const about = { disabled: view.phase === "checked", "aria-describedby": described(activity) };
    return [marking, textBox(view.value ?? "", say("text-label"), fill(say("text-help"), { min, max }), act, about)];
  },
});
