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

  settle: ({ options }, act) => act("answer", { value: ids(options) }),

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
     * @param {number} to
     * @param {string | null} focus */
    const place = (from, to, focus = null) => {
      const moved = order.filter((step) => step !== order[from]);
      moved.splice(to, 0, order[from]);
      const said = fill(say("position"), { text: view.options[from].text, n: to + 1, total });
      aloud(() => act("answer", { value: moved }, focus), said);
    };
    /** @param {number} from
     * @param {-1 | 1} by */
    const move = (from, by) => {
      const to = from + by;
      if (to < 0 || to === total) return;
      const last = to === 0 || to === total - 1;
      const next = last === by < 0 ? "down" : "up";
      place(from, to, `${next}-${order[from]}`);
    };
    /** @param {{ id: string, text: string }} option
     * @param {number} at
     * @param {-1 | 1} by */
    const arrow = (option, at, by) => {
      const [key, sign, label] = by < 0 ? /** @type {const} */ (["up", "↑", "move-up"]) : /** @type {const} */ (["down", "↓", "move-down"]);
      return button(`${key}-${option.id}`, sign, () => move(at, by), { "aria-label": fill(say(label), option) });
    };
    const steps = view.options.map((option, at) => {
      const text = element("span", { class: "himaya-step" }, option.text);
      if (checked) return element("li", {}, text);
      const up = at === 0 ? null : arrow(option, at, -1);
      const down = at === total - 1 ? null : arrow(option, at, 1);
      const step = element("li", {}, text, element("span", { class: "himaya-arrows" }, up, down));
      step.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        move(at, event.key === "ArrowUp" ? -1 : 1);
      });
      step.prepend(handle(step, (to) => place(at, to)));
      return step;
    });
    list.append(...steps);
    if (view.key !== undefined) {
      if (view.key.every((text, at) => text === view.options[at].text)) return [list];
      const right = view.key.map((text) => element("li", {}, text));
      return [list, captioned(say("right-order"), element("ol", {}, ...right))];
    }
    const help = element("p", {}, say("order-help"));
    if (view.mode === "practice") return [help, list]; // its check takes the order as it stands
    const keep = () => aloud(() => act("answer", { value: order }), say("order-kept"));
    return [
      help,
      list,
      element("p", {}, say(view.answered ? "order-kept" : "order-not-kept")),
      element("div", { class: "himaya-buttons" }, button("keep", say("keep-order"), keep, { class: view.answered ? "" : "himaya-main" })),
    ];
  },
});

/** What a step is dragged by, with a finger or a mouse. Steps that it passes move out of its way.
 * @param {HTMLElement} step
 * @param {(to: number) => void} drop Told the place where it is let go, if that is another one. */
function handle(step, drop) {
  const grip = element("span", { class: "himaya-grip", "aria-hidden": "true" });
  let from = -1;
  const at = () => Array.from(step.parentElement?.children ?? []).indexOf(step);
  /** @param {Element} other */
  const middle = (other) => other.getBoundingClientRect().top + other.getBoundingClientRect().height / 2;
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault(); // no text is selected on the way
    grip.setPointerCapture(event.pointerId);
    from = at();
    step.classList.add("himaya-dragged");
  });
  grip.addEventListener("pointermove", ({ clientY }) => {
    if (from < 0) return;
    // The step itself stays in the page, or the pointer would be lost.
    for (let above = step.previousElementSibling; above && clientY < middle(above); above = step.previousElementSibling) step.after(above);
    for (let below = step.nextElementSibling; below && clientY > middle(below); below = step.nextElementSibling) step.before(below);
    step.scrollIntoView({ block: "nearest" });
  });
  grip.addEventListener("lostpointercapture", () => {
    const [began, to] = [from, at()];
    from = -1;
    step.classList.remove("himaya-dragged");
    if (began >= 0 && to !== began) drop(to);
  });
  return grip;
}
