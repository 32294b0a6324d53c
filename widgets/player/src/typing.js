/* Fields that somebody types in: what is typed is recorded in time, never letter by letter. */

import { element } from "./elements.js";

/** @import { Attribute } from "./elements.js" */
/** @import { Act } from "./types.js" */

const TYPING_PAUSE = 700;
const LONGEST_TYPING = 3000;

/** @param {string} value
 * @param {string} label
 * @param {string} help
 * @param {Act} act
 * @param {Record<string, Attribute>} about */
export function textBox(value, label, help, act, about = {}) {
  const area = element("textarea", { rows: "6", value, dir: "auto", "data-key": "text", "data-live": "", ...about });
  whileTyping(area, act);
  return element(
    "label",
    { class: "himaya-text" },
    element("span", {}, label),
    element("span", { class: "himaya-help" }, help),
    area,
  );
}

/** Record what is typed: after a short pause, every few seconds of steady typing, on leaving the field and before the
 * page goes away. Until then the words on the screen say that it is not saved.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {Act} act */
export function whileTyping(field, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {number | null} */
  let since = null;
  const record = () => {
    clearTimeout(timer);
    since = null;
    act.typing(false);
    if (field.value !== (act.view().value ?? "")) act("answer", { value: field.value });
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    since ??= Date.now();
    act.typing(true);
    timer = setTimeout(record, Math.max(0, Math.min(TYPING_PAUSE, since + LONGEST_TYPING - Date.now())));
  });
  field.addEventListener("change", record);
  field.addEventListener("blur", record);
  field.addEventListener("himaya-leave", record);
}
