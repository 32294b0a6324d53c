/* The last box of a module: what is answered, what is missing, Submit, and the receipt. */

import { button, element, fill, shown } from "./elements.js";
import { directionOf } from "./language_facts.js";
import { sayOf } from "./player.js";

/** @import { Section } from "./player.js" */
/** @import { Model, Words } from "./types.js" */

/** @typedef {{ total: number, open: { id: string, title: string }[] }} Summary */
/** @typedef {{ time: string, said?: Record<string, string>, answers: number, code: string }} Receipt */
/** @typedef {({ type: "summary" } & Summary) | ({ type: "receipt" } & Receipt) | { type: "refused", sentence: string }} Reply */

const PAUSE = 400;
const LONGEST_HAND_IN = 30000; // milliseconds; handing in takes some seconds, and a kernel that died never answers

/** @param {Model} model
 * @param {HTMLElement} root
 * @param {Words} words
 * @param {(redraw: (words: Words) => void) => () => void} onSwitch Has it drawn anew in every other language. */
export function drawHandIn(model, root, words, onSwitch) {
  let { language } = words;
  let say = sayOf(words.strings);
  const title = element("h3", {});
  const help = element("p", {});
  const count = element("p", { class: "himaya-count" });
  const missing = element("div", {});
  const message = element("div", { class: "himaya-receipt", role: "status" });
  const submit = element("button", { type: "button", class: "himaya-main", onclick: press });
  const section = element(
    "section",
    { class: "himaya himaya-handin" },
    title,
    count,
    missing,
    help,
    element("div", { class: "himaya-buttons" }, submit),
    message,
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience;
  let busy = false;
  /** @type {Summary} */
  let known = JSON.parse(model.get("summary"));
  /** @type {Receipt | null} */
  let receipt = JSON.parse(model.get("receipt"));

  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        model.send({ type: "summary", language });
      } catch {
        timer = setTimeout(ask, 3000); // the kernel is gone for now
      }
    }, PAUSE);
  };

  function unsaved() {
    const sections = /** @type {NodeListOf<Section>} */ (document.querySelectorAll("section.himaya[data-activity]"));
    const drawn = Array.from(sections);
    const code = section.closest(".himaya-unsaved") !== null;
    return code || drawn.some((activity) => activity.himaya?.status() === "not-saved");
  }

  function press() {
    if (busy) return;
    if (unsaved()) {
      message.replaceChildren(element("p", {}, say("submit-wait")));
      return;
    }
    busy = true;
    message.replaceChildren(element("p", {}, say("submitting")));
    patience = setTimeout(giveUp, LONGEST_HAND_IN);
    try {
      model.send({ type: "submit", language });
    } catch {
      giveUp(); // the kernel is gone
    }
  }

  function rest() {
    clearTimeout(patience);
    busy = false;
  }

  /** Nobody knows here whether the work arrived; the receipt that lies beside the notebook then tells. */
  function giveUp() {
    rest();
    message.replaceChildren(element("p", {}, say("submit-no-answer")));
  }

  /** @param {Reply} answer */
  function receive(answer) {
    if (answer.type === "summary") drawSummary(answer);
    if (answer.type === "receipt") drawReceipt(answer);
    if (answer.type === "refused") {
      rest();
      message.replaceChildren(element("p", {}, say("submit-failed")), element("p", {}, answer.sentence));
    }
  }

  /** @param {Summary} summary */
  function drawSummary(summary) {
    known = summary;
    const { total, open } = summary;
    count.textContent = fill(say("answered-count"), { n: total - open.length, total });
    const list = open.map(({ id, title }) =>
      element("li", {}, button(`go-${id}`, title, () => goTo(id), { class: "himaya-link" })),
    );
    const content = open.length === 0 ? [element("p", {}, say("nothing-missing"))] : [
      element("p", {}, `${say("missing")}:`),
      element("ul", {}, ...list),
    ];
    const at = document.activeElement;
    const active = at instanceof HTMLElement && missing.contains(at) ? at.dataset.key : undefined;
    missing.replaceChildren(...content);
    const again = missing.querySelector(`[data-key="${active}"]`);
    if (active !== undefined) (again instanceof HTMLElement ? again : submit).focus();
  }

  /** @param {string} id */
  function goTo(id) {
    const target = document.querySelector(`section.himaya[data-activity="${CSS.escape(id)}"]`);
    target?.scrollIntoView({ block: "start" });
    const field = target?.querySelector("button, input, select, textarea, [tabindex]");
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {Receipt} handedIn */
  function drawReceipt(handedIn) {
    const { time, said, answers, code } = handedIn;
    receipt = handedIn;
    rest();
    submit.textContent = say("submit-again");
    const rows = [
      [say("receipt-time"), said?.[language] ?? time],
      [say("receipt-answers"), shown(answers)],
      [say("receipt-code"), code],
    ].map(([label, value]) => element("p", {}, `${label}: `, element("bdi", {}, String(value))));
    message.replaceChildren(element("h4", {}, say("receipt")), ...rows);
  }

  model.on("msg:custom", receive);
  document.addEventListener("himaya-status", ask);
  /** Say what never changes, in the language of the page; what is open and the receipt follow.
   * @param {Words} spoken */
  function speak(spoken) {
    language = spoken.language;
    say = sayOf(spoken.strings);
    section.lang = language;
    section.dir = directionOf(language);
    title.replaceChildren(say("submit-title"));
    help.replaceChildren(say("submit-missing"));
    submit.textContent = say("submit");
    message.replaceChildren();
    drawSummary(known); // the titles follow in a moment
    if (receipt !== null) drawReceipt(receipt);
    ask();
  }
  const stop = onSwitch(speak);
  speak(words);
  root.append(section);
  return () => {
    clearTimeout(timer);
    clearTimeout(patience);
    model.off("msg:custom", receive);
    document.removeEventListener("himaya-status", ask);
    stop();
    section.remove();
  };
}
