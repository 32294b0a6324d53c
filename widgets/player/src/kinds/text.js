/* Text: a reflection, which a person marks with its rubric. */

import { element, fill } from "../elements.js";
import { textBox } from "../typing.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { Say, TextActivity, TextState } from "../types.js" */

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

/** How many words somebody has written.
 * @param {string} text */
const wordsIn = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** @param {string} text
 * @param {number[]} words
 * @param {Say} say */
const counted = (text, [min, max], say) => fill(say("word-count"), { n: wordsIn(text), min, max });

export const drawing = itemDrawing(rules, {
  answered,
  judged: false,

  fields: ({ words, rubric }, { value }) => ({ value, words, rubric }),

  draw(activity, view, act, say) {
    const levels = view.rubric.map(({ level, text }) => element("li", {}, `${fill(say("level"), { n: level })}: ${text}`));
    const marking = element(
      "details",
      {},
      element("summary", { "data-key": "rubric" }, say("rubric")),
      element("ul", {}, ...levels),
    );
    const about = { disabled: view.phase === "checked", "aria-describedby": described(activity, "count") };
    const written = view.value ?? "";
    const box = textBox(written, say("text-label"), say("text-help-short"), act, about);
    const count = element("p", { class: "himaya-help", id: `himaya-count-${activity.id}` }, counted(written, view.words, say));
    box.addEventListener("input", ({ target }) => {
      if (target instanceof HTMLTextAreaElement) count.textContent = counted(target.value, view.words, say);
    });
    return [marking, box, count];
  },

  update(body, { words }, say) {
    const [field, count] = [body.querySelector("textarea"), body.querySelector('[id^="himaya-count-"]')];
    if (field !== null && count !== null) count.textContent = counted(field.value, words, say);
  },
});
