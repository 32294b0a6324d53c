/* The last box of a module: what is answered, what is missing, Submit, and the receipt. */

import { button, element, fill } from "./elements.mjs";

const PAUSE = 400;

export function drawHandIn(model, root, strings) {
  const say = (key) => strings[key] ?? key;
  const count = element("p", { class: "himaya-count" });
  const missing = element("div", {});
  const message = element("div", { class: "himaya-receipt", role: "status" });
  const submit = element("button", { type: "button", class: "himaya-main", onclick: press }, say("submit"));
  const section = element(
    "section",
    { class: "himaya himaya-handin", dir: "ltr" },
    element("h3", {}, say("submit-title")),
    count,
    missing,
    element("p", {}, say("submit-missing")),
    element("div", { class: "himaya-buttons" }, submit),
    message,
  );
  let timer = null;
  let busy = false;

  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        model.send({ type: "summary" });
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
    model.send({ type: "submit" });
  }

  function receive(answer) {
    if (answer.type === "summary") drawSummary(answer);
    if (answer.type === "receipt") drawReceipt(answer);
    if (answer.type === "refused") {
      busy = false;
      message.replaceChildren(element("p", {}, say("submit-failed")), element("p", {}, answer.sentence));
    }
  }

  function drawSummary({ total, open }) {
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

  function drawReceipt({ time, answers, code }) {
    busy = false;
    submit.textContent = say("submit-again");
    const rows = [
      [say("receipt-time"), time],
      [say("receipt-answers"), answers],
      [say("receipt-code"), code],
    ].map(([label, value]) => element("p", {}, `${label}: `, element("bdi", {}, String(value))));
    message.replaceChildren(element("h4", {}, say("receipt")), ...rows);
  }

  model.on("msg:custom", receive);
  document.addEventListener("himaya-status", ask);
  const earlier = JSON.parse(model.get("receipt"));
  if (earlier !== null) drawReceipt(earlier);
  drawSummary(JSON.parse(model.get("summary")));
  root.append(section);
  ask(); // the cell may have read the journal just before the last answers were written
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", receive);
    document.removeEventListener("himaya-status", ask);
    section.remove();
  };
}
