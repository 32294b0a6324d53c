/* Draws the item kinds: choice, order, match, number, text. Native, labelled form elements only. */

import { announce, button, element, fill, labelled, paragraphs, sources } from "./elements.mjs";

const TYPING_PAUSE = 700;

export function drawItem(activity, view, act, say) {
  const draw = { choice: drawChoice, order: drawOrder, match: drawMatch, number: drawNumber, text: drawText };
  return [
    element("div", { class: "himaya-stem", id: `himaya-stem-${activity.id}` }, ...paragraphs(view.stem)),
    ...draw[activity.kind](activity, view, act, say),
    ...(view.mode === "practice" ? checking(view, act, say) : []),
  ];
}

function checking(view, act, say) {
  const warning = element("p", { class: "himaya-warning", role: "alert" });
  const check = () => {
    if (act.view().answered) act("check", {}, "feedback");
    else warning.textContent = say("answer-first");
  };
  if (view.phase === "answer") {
    return [
      warning,
      element("div", { class: "himaya-buttons" }, button("check", say("check"), check, { class: "himaya-main" })),
    ];
  }
  const [earned, whole] = view.share;
  const verdict = earned === whole ? "right" : earned === 0 ? "not-right" : "partly-right";
  return [
    element(
      "div",
      { class: "himaya-feedback", tabindex: "-1", "data-key": "feedback" },
      view.kind === "text" ? null : element("p", { class: "himaya-verdict" }, say(verdict)),
      ...(view.rationale === null ? [] : [labelled(say("why"), ...paragraphs(view.rationale))]),
      sources(say, view.source),
    ),
    element(
      "div",
      { class: "himaya-buttons" },
      button("retry", say("retry"), () => act("retry", {}, "first")),
    ),
  ];
}

function drawChoice(activity, view, act, say) {
  const one = view.select === "one";
  const checked = view.phase === "checked";
  const options = view.options.map((option) => optionRow(activity, option, { one, checked }, answer, say));
  const form = element(
    "fieldset",
    { "aria-describedby": `himaya-stem-${activity.id}` },
    element("legend", {}, say(one ? "choose-one" : "choose-several")),
    ...options,
  );
  function answer() {
    const value = Array.from(form.querySelectorAll("input:checked"), (input) => input.value);
    act("answer", { value });
  }
  return [form];
}

function optionRow(activity, option, { one, checked }, answer, say) {
  const input = element("input", {
    type: one ? "radio" : "checkbox",
    name: activity.id,
    value: option.id,
    checked: option.picked,
    "data-key": `pick-${option.id}`,
    disabled: checked,
    onchange: answer,
  });
  const label = element("label", { class: "himaya-option" }, input, element("span", {}, option.text));
  if (!checked) return label;
  const word = option.correct ? (option.picked ? "right" : "right-not-picked") : option.picked ? "not-right" : "not-picked";
  const mark = option.correct ? "✓" : option.picked ? "✗" : "–";
  return element(
    "div",
    { class: "himaya-explained" },
    label,
    element("p", {}, element("strong", {}, `${mark} ${say(word)}. `), option.rationale),
  );
}

function drawOrder(activity, view, act, say) {
  const order = view.options.map((option) => option.id);
  const checked = view.phase === "checked";
  const move = (root, from, by) => {
    const moved = [...order];
    [moved[from], moved[from + by]] = [moved[from + by], moved[from]];
    const { id, text } = view.options[from];
    const atEnd = from + by === 0 || from + by === order.length - 1;
    act("answer", { value: moved }, `${atEnd ? (by < 0 ? "down" : "up") : by < 0 ? "up" : "down"}-${id}`);
    announce(root, fill(say("position"), { text, n: from + by + 1, total: order.length }));
  };
  const arrow = (option, at, by) => {
    const [key, label, word] = by < 0 ? ["up", "move-up", "up"] : ["down", "move-down", "down"];
    const press = (event) => move(event.currentTarget.closest(".himaya"), at, by);
    return button(`${key}-${option.id}`, say(word), press, { "aria-label": fill(say(label), option) });
  };
  const steps = view.options.map((option, at) =>
    element(
      "li",
      {},
      element("span", { class: "himaya-step" }, option.text),
      checked || at === 0 ? null : arrow(option, at, -1),
      checked || at === order.length - 1 ? null : arrow(option, at, 1),
    ),
  );
  const list = element("ol", { class: "himaya-order", "aria-describedby": `himaya-stem-${activity.id}` }, ...steps);
  if (checked) {
    const right = view.key.map((text) => element("li", {}, text));
    return [list, labelled(say("right-order"), element("ol", {}, ...right))];
  }
  return [
    element("p", {}, say("order-help")),
    list,
    element("p", {}, say(view.answered ? "order-kept" : "order-not-kept")),
    element(
      "div",
      { class: "himaya-buttons" },
      button("keep", say("keep-order"), () => act("answer", { value: order })),
    ),
  ];
}

function drawMatch(activity, view, act, say) {
  const checked = view.phase === "checked";
  const rows = view.rows.map((row) => matchRow(row, view.options, checked, answer, say));
  const form = element("div", { class: "himaya-match" }, ...rows);
  function answer() {
    const pairs = Array.from(form.querySelectorAll("select"), (select) => [select.dataset.row, select.value]);
    act("answer", { value: pairs.filter(([, option]) => option !== "") });
  }
  return [element("p", {}, say("match-help")), form];
}

function matchRow(row, options, checked, answer, say) {
  const choices = options.map((option) =>
    element("option", { value: option.id, selected: option.id === row.picked }, option.text),
  );
  const select = element(
    "select",
    { "data-key": `match-${row.id}`, "data-row": row.id, disabled: checked, onchange: answer },
    element("option", { value: "", selected: row.picked === null }, say("choose-option")),
    ...choices,
  );
  const label = element("label", {}, element("span", {}, row.text), select);
  if (!checked) return label;
  const right = row.picked === row.correct;
  const key = right ? "" : ` ${say("right-answer")}: ${row.key}.`;
  const verdict = element("strong", {}, `${right ? "✓" : "✗"} ${say(right ? "right" : "not-right")}.${key} `);
  return element("div", { class: "himaya-explained" }, label, element("p", {}, verdict, row.rationale));
}

function drawNumber(activity, view, act, say) {
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
    "aria-describedby": `himaya-stem-${activity.id}`,
  });
  whileTyping(input, act);
  const help = element("p", { "data-part": "help", role: "status" }, say(view.readable ? "number-help" : "number-unreadable"));
  const label = element("label", { class: "himaya-number" }, element("span", {}, fill(say("number-label"), view)), input);
  const key = checked ? labelled(say("right-answer"), element("p", {}, `${view.key} ${view.unit}`)) : null;
  return [label, checked ? null : help, key];
}

function drawText(activity, view, act, say) {
  const [min, max] = view.words;
  const rubric = view.rubric.map((level) =>
    element("li", {}, `${fill(say("level"), { n: level.level })}: ${level.text}`),
  );
  const marking = element(
    "details",
    {},
    element("summary", { "data-key": "rubric" }, say("rubric")),
    element("ul", {}, ...rubric),
  );
  const help = fill(say("text-help"), { min, max });
  return [marking, textBox(view.value ?? "", say("text-label"), help, act, view.phase === "checked")];
}

export function textBox(value, label, help, act, disabled = false) {
  const area = element("textarea", { rows: "6", value, disabled, dir: "auto", "data-key": "text", "data-live": "" });
  whileTyping(area, act);
  return element(
    "label",
    { class: "himaya-text" },
    element("span", {}, label),
    element("span", { class: "himaya-help" }, help),
    area,
  );
}

/** Record what is typed after a short pause, on leaving the field and before the page goes away. */
function whileTyping(field, act) {
  let timer = null;
  const record = () => {
    clearTimeout(timer);
    if (field.value !== (act.view().value ?? "")) act("answer", { value: field.value });
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(record, TYPING_PAUSE);
  });
  field.addEventListener("change", record);
  field.addEventListener("blur", record);
  field.addEventListener("himaya-leave", record);
}
