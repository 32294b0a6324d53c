/* Order: steps to put into their right order. */

import { announce, button, captioned, element, fill } from "../elements.js";
import { ids, readIds, textOf } from "../events.js";
import { shuffled } from "../shuffle.js";
import { itemDrawing, itemRules } from "./items.js";

/** @import { OrderActivity, OrderState } from "../types.js" */

/** @type {(activity: OrderActivity, state: OrderState) => boolean} */
const answered = (_activity, { value }) => value !== null && value.length > 0;

export const rules = itemRules({
  /** @param {OrderActivity} activity
   * @param {unknown} value
   * @returns {OrderState["value"]} */
  read({ options }, value) {
    const found = readIds(value, ids(options));
    return found !== null && found.length === options.length ? found : null;
  },

  answered,

  /** @param {OrderActivity} activity
   * @param {OrderState} state
   * @returns {[number, number]} */
  score({ key = [] }, { value }) {
    if (value === null) return [0, 1];
    let concordant = 0;
    let discordant = 0;
    for (let first = 0; first < key.length; first += 1) {
      for (let second = first + 1; second < key.length; second += 1) {
        if (value.indexOf(key[first]) < value.indexOf(key[second])) concordant += 1;
        else discordant += 1;
      }
    }
    return [Math.max(0, concordant - discordant), concordant + discordant];
  },
});

export const drawing = itemDrawing(rules, {
  answered,

  /** @returns {{ options: { id: string, text: string }[], key?: string[] }} */
  fields({ options, key = [] }, { seed, value }, checked) {
    const order = value ?? shuffled(ids(options), seed);
    const shown = { options: order.map((id) => ({ id, text: textOf(options, id) })) };
    return checked ? { ...shown, key: key.map((id) => textOf(options, id)) } : shown;
  },

  draw(_activity, view, act, say) {
    const order = ids(view.options);
    const total = order.length;
    const checked = view.phase === "checked";
    const list = element("ol", { class: "himaya-order", role: "list", "aria-label": say("order-help") }); // Safari takes the role away
    /** Say a change aloud once the list is drawn anew: `list` is then no longer in the page.
     * @param {() => void} change
     * @param {string} text */
    const aloud = (change, text) => {
      const root = list.closest(".himaya");
      change();
      announce(root, text);
    };
    /** @param {number} from
     * @param {-1 | 1} by */
    const move = (from, by) => {
      const moved = [...order];
      [moved[from], moved[from + by]] = [moved[from + by], moved[from]];
      const { id, text } = view.options[from];
      const last = from + by === 0 || from + by === total - 1;
      const next = last === by < 0 ? "down" : "up";
      const said = fill(say("position"), { text, n: from + by + 1, total });
      aloud(() => act("answer", { value: moved }, `${next}-${id}`), said);
    };
    /** @param {{ id: string, text: string }} option
     * @param {number} at
     * @param {-1 | 1} by */
    const arrow = (option, at, by) => {
      const [key, label] = by < 0 ? /** @type {const} */ (["up", "move-up"]) : /** @type {const} */ (["down", "move-down"]);
      return button(`${key}-${option.id}`, say(key), () => move(at, by), { "aria-label": fill(say(label), option) });
    };
    const steps = view.options.map((option, at) => {
      const up = at === 0 ? null : arrow(option, at, -1);
      const down = at === total - 1 ? null : arrow(option, at, 1);
      const arrows = checked ? null : element("span", { class: "himaya-arrows" }, up, down);
      return element("li", {}, element("span", { class: "himaya-step" }, option.text), arrows);
    });
    list.append(...steps);
    if (view.key !== undefined) {
      const right = view.key.map((text) => element("li", {}, text));
      return [list, captioned(say("right-order"), element("ol", {}, ...right))];
    }
    const keep = () => aloud(() => act("answer", { value: order }), say("order-kept"));
    return [
      element("p", {}, say("order-help")),
      list,
      element("p", {}, say(view.answered ? "order-kept" : "order-not-kept")),
      element("div", { class: "himaya-buttons" }, button("keep", say("keep-order"), keep)),
    ];
  },
});
