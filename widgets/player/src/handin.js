/* The last box of a module: what is answered, what is missing, Submit, and the receipt. */

import { button, element, fill, shown } from "./elements.js";
import { directionOf } from "./facts.js";

const PAUSE = 400;
const LONGEST_HAND_IN = 30000; // milliseconds; handing in takes some seconds, and a kernel that died never answers

export function drawHandIn(model, root, words) {
  let { strings, language } = words;
  const say = (key) => strings[key] ?? key;
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
  let timer = null;
  let busy = false;
  let patience = null;
  let receipt = null;
  let known = JSON.parse(model.get("summary"));

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
    const drawn = Array.from(document.querySelectorAll("section.himaya[data-activity]"));
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

  function receive(answer) {
    if (answer.type === "summary") drawSummary(answer);
    if (answer.type === "receipt") drawReceipt(answer);
    if (answer.type === "refused") {
      rest();
      message.replaceChildren(element("p", {}, say("submit-failed")), element("p", {}, answer.sentence));
    }
  }

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
    const active = missing.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    missing.replaceChildren(...content);
    if (active !== null) (missing.querySelector(`[data-key="${active}"]`) ?? submit).focus();
  }

  function goTo(id) {
    const target = document.querySelector(`section.himaya[data-activity="${CSS.escape(id)}"]`);
    target?.scrollIntoView({ block: "start" });
    target?.querySelector("button, input, select, textarea, [tabindex]")?.focus();
  }

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
  /** Say what never changes, in the language of the page; what is open and the receipt follow. */
  function speak(spoken) {
    ({ strings, language } = spoken);
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
  section.himaya = { speak };
  receipt = JSON.parse(model.get("receipt"));
  speak(words);
  root.append(section);
  return () => {
    clearTimeout(timer);
    clearTimeout(patience);
    model.off("msg:custom", receive);
    document.removeEventListener("himaya-status", ask);
    section.remove();
  };
}
