/* The last box of a module: what is answered, what is missing, Submit, and the receipt. */

import { button, element, fill, shown } from "./elements.js";
import { directionOf } from "./language_facts.js";
import { sayOf } from "./player.js";

/** @import { Section } from "./player.js" */
/** @import { Model, Words } from "./types.js" */

/** @typedef {{ id: string, title: string, mode: string, lesson: string }} Open */
/** @typedef {{ total: number, open: Open[], counted: [number, number], receipt?: Receipt }} Summary
 *   `counted`: done, of how many that count. */
/** @typedef {{ time: string, said?: Record<string, string>, answers: number, code: string }} Receipt */
/** @typedef {({ type: "summary" } & Summary) | ({ type: "receipt" } & Receipt) | { type: "refused", sentence: string }} Reply */

/** By how many minutes the clock of this device is ahead of UTC. */
const ahead = () => -new Date().getTimezoneOffset();

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
  const count = element("div", { class: "himaya-count" });
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
    message,
    element("div", { class: "himaya-buttons" }, submit),
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
        model.send({ type: "summary", language, ahead: ahead() });
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
      model.send({ type: "submit", language, ahead: ahead() });
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
    // A receipt on the screen is told again in the time of this place; whatever else stands there stays.
    if (summary.receipt !== undefined && message.querySelector("h4") !== null) drawReceipt(summary.receipt);
    const { total, open, counted: [n, counting] } = summary;
    const practised = total - open.length - n;
    const counts = /** @type {const} */ ([["graded", n, counting], ["practice", practised, total - counting]]);
    const lines = counts.map(([key, done, of]) =>
      of === 0 ? null : element("p", {}, element("b", {}, `${say(key)}: `), fill(say("answered-count"), { n: done, total: of })),
    );
    count.replaceChildren(...lines.filter((line) => line !== null));
    const unfolded = new Set(Array.from(missing.querySelectorAll("details[open]"), (fold) => fold.querySelector("summary")?.dataset.key));
    const parts = counts.flatMap(([key]) => stillOpen(key, open.filter(({ mode }) => mode === key)));
    const content = open.length === 0 ? [element("p", {}, say("nothing-missing"))] : [element("p", {}, `${say("missing")}:`), ...parts];
    const at = document.activeElement;
    const active = at instanceof HTMLElement && missing.contains(at) ? at.dataset.key : undefined;
    missing.replaceChildren(...content);
    for (const fold of missing.querySelectorAll("details")) fold.open = unfolded.has(fold.querySelector("summary")?.dataset.key);
    const again = missing.querySelector(`[data-key="${active}"]`);
    if (active !== undefined) (again instanceof HTMLElement ? again : submit).focus();
  }

  /** What is still open, folded by lesson: what counts apart from practice.
   * @param {"graded" | "practice"} kind
   * @param {Open[]} open */
  function stillOpen(kind, open) {
    const lessons = [...new Set(open.map(({ lesson }) => lesson))];
    return lessons.map((lesson) => {
      const here = open.filter((each) => each.lesson === lesson);
      const list = here.map(({ id, title }) => element("li", {}, button(`go-${id}`, title, () => goTo(id), { class: "himaya-link" })));
      const name = [say(kind), lesson].filter((part) => part !== "").join(": ");
      const summary = element("summary", { "data-key": `${kind}-${here[0].id}` }, `${name} (${shown(here.length)})`);
      return element("details", {}, summary, element("ul", {}, ...list));
    });
  }

  /** @param {string} id */
  function goTo(id) {
    const target = document.querySelector(`section.himaya[data-activity="${CSS.escape(id)}"]`);
    target?.dispatchEvent(new CustomEvent("himaya-go", { bubbles: true })); // its lesson may be folded
    target?.scrollIntoView({ block: "start" });
    const field = target?.querySelector("button, input, select, textarea, [tabindex]");
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {Receipt} handedIn */
  function drawReceipt(handedIn) {
    if (message.querySelector("h4") !== null && JSON.stringify(handedIn) === JSON.stringify(receipt)) return;
    const { time, said, answers, code } = handedIn;
    receipt = handedIn;
    rest();
    submit.textContent = say("submit-again");
    const rows = [
      [say("receipt-time"), said?.[language] ?? time],
      [say("receipt-answers"), shown(answers)],
      [say("receipt-code"), code],
    ].map(([label, value]) => element("p", {}, `${label}: `, element("bdi", {}, String(value))));
    message.replaceChildren(element("h4", {}, say("receipt")), ...rows, element("p", {}, say("receipt-next")));
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
