/* Number: one number in a stated unit. */

import { captioned, element, fill } from "../elements.js";
import { readNumber } from "../numbers.js";
import { whileTyping } from "../typing.js";
import { described, itemDrawing, itemRules } from "./items.js";

/** @import { NumberActivity, NumberState } from "../types.js" */

/** @type {(activity: NumberActivity, state: NumberState) => boolean} */
const answered = (_activity, { value }) => value !== null && readNumber(value) !== null;

export const rules = itemRules({
  /** @param {NumberActivity} _activity
   * @param {unknown} value
   * @returns {NumberState["value"]} */
  read: (_activity, value) => (typeof value === "string" ? value : null),

  answered,

  /** @param {NumberActivity} activity
   * @param {NumberState} state
   * @returns {[number, number]} */
  score({ answer = 0, tolerance = 0 }, { value }) {
    const number = value === null ? null : readNumber(value);
    return [number !== null && Math.abs(number - answer) <= tolerance ? 1 : 0, 1];
  },
});

/** @param {boolean} readable */
const helpFor = (readable) => (readable ? "number-help" : "number-unreadable");

export const drawing = itemDrawing(rules, {
  answered,

  /** @returns {{ unit: string, value: string | null, readable: boolean, key?: string }} */
  fields({ unit, shown }, { value }, checked) {
    const known = { unit, value, readable: value === null || readNumber(value) !== null };
    return checked ? { ...known, key: shown } : known;
  },

  draw(activity, view, act, say) {
    const checked = view.phase === "checked";
    const input = element("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      value: view.value ?? "",
      disabled: checked,
      "data-key": "number",
      "data-live": "",
      "aria-invalid": view.readable ? null : "true",
      "aria-describedby": described(activity, "help"),
    });
    whileTyping(input, act);
    const about = { id: `himaya-help-${activity.id}`, "data-part": "help", role: "status" };
    const label = element("span", {}, fill(say("number-label"), { unit: view.unit }));
    const key = checked ? captioned(say("right-answer"), element("p", {}, `${view.key} ${view.unit}`)) : null;
    return [
      element("label", { class: "himaya-number" }, label, input),
      checked ? null : element("p", about, say(helpFor(view.readable))),
      key,
    ];
  },

  update(body, { readable }, say) {
    const help = body.querySelector('[data-part="help"]');
    if (help !== null) help.textContent = say(helpFor(readable));
    body.querySelector("[data-live]")?.setAttribute("aria-invalid", String(!readable));
  },
});
