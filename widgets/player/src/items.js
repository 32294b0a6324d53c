/* Draws the item kinds: choice, order, match, number, text. Native, labelled form elements only. */

import { announce, button, captioned, element, fill, paragraphs, sources } from "./elements.js";
import { textBox, whileTyping } from "./typing.js";

export function drawItem(activity, view, act, say) {
  const draw = { choice: drawChoice, order: drawOrder, match: drawMatch, number: drawNumber, text: drawText };
  return [
    element("div", { class: "himaya-stem", id: `himaya-stem-${activity.id}` }, ...paragraphs(view.stem)),
    ...draw[activity.kind](activity, view, act, say),
    ...(view.mode === "practice" ? checking(activity, view, act, say) : []),
  ];
}

/** The ids of what explains a field: the question, the sentence about its form, what is wrong with it. */
const described = (activity, ...parts) => ["stem", ...parts, "warning"].map((part) => `himaya-${part}-${activity.id}`).join(" ");

function checking(activity, view, act, say) {
  const id = `himaya-warning-${activity.id}`;
  const warning = element("p", { class: "himaya-warning", role: "alert", id });
  const check = () => {
    if (act.view().answered) act("check", {}, "feedback");
    else warning.textContent = say("answer-first");
  };
  if (view.phase === "answer") {
    return [
      warning,
      element(
        "div",
        { class: "himaya-buttons" },
        button("check", say("check"), check, { class: "himaya-main", "aria-describedby": id }),
      ),
    ];
  }
  const [earned, whole] = view.share;
  const verdict = earned === whole ? "right" : earned === 0 ? "not-right" : "partly-right";
  const mark = { right: "✓", "not-right": "✗", "partly-right": "○" }[verdict];
  return [
    element(
      "div",
      { class: "himaya-feedback", tabindex: "-1", "data-key": "feedback" },
      view.kind === "text" ? null : verdictLine(mark, say(verdict)),
      ...(view.rationale === null ? [] : [captioned(say("why"), ...paragraphs(view.rationale))]),
      sources(say, view.source),
    ),
    element(
      "div",
      { class: "himaya-buttons" },
      button("retry", say("retry"), () => act("retry", {}, "first")),
    ),
  ];
}

const verdictLine = (mark, word) =>
  element("p", {}, element("span", { "aria-hidden": "true" }, `${mark} `), element("strong", { class: "himaya-verdict" }, word));

function drawChoice(activity, view, act, say) {
  const one = view.select === "one";
  const checked = view.phase === "checked";
  const options = view.options.map((option) => optionRow(activity, option, { one, checked }, answer, say));
  const form = element(
    "fieldset",
    { "aria-describedby": described(activity) },
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
  const colour = option.picked ? (option.correct ? " himaya-good" : " himaya-bad") : "";
  return element(
    "div",
    { class: `himaya-explained${colour}` },
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
      checked
        ? null
        : element(
            "span",
            { class: "himaya-arrows" },
            at === 0 ? null : arrow(option, at, -1),
            at === order.length - 1 ? null : arrow(option, at, 1),
          ),
    ),
  );
  // Safari takes the role away from a list without markers.
  const list = element("ol", { class: "himaya-order", role: "list", "aria-label": say("order-help") }, ...steps);
  if (checked) {
    const right = view.key.map((text) => element("li", {}, text));
    return [list, captioned(say("right-order"), element("ol", {}, ...right))];
  }
  const keep = (event) => {
    const root = event.currentTarget.closest(".himaya");
    act("answer", { value: order });
    announce(root, say("order-kept"));
  };
  return [
    element("p", {}, say("order-help")),
    list,
    element("p", {}, say(view.answered ? "order-kept" : "order-not-kept")),
    element(
      "div",
      { class: "himaya-buttons" },
      button("keep", say("keep-order"), keep),
    ),
  ];
}

function drawMatch(activity, view, act, say) {
  const checked = view.phase === "checked";
  const rows = view.rows.map((row) => matchRow(row, view.options, checked, answer, say));
  const form = element(
    "fieldset",
    { class: "himaya-match", "aria-describedby": described(activity) },
    element("legend", {}, say("match-help")),
    ...rows,
  );
  function answer() {
    const pairs = Array.from(form.querySelectorAll("select"), (select) => [select.dataset.row, select.value]);
    act("answer", { value: pairs.filter(([, option]) => option !== "") });
  }
  return [form];
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
  const picked = options.find((option) => option.id === row.picked)?.text ?? "";
  // A closed list cuts a long text on a phone; whoever hears the page has heard it from the list.
  if (picked.length > 28) label.append(element("span", { class: "himaya-whole", "aria-hidden": "true" }, picked));
  if (!checked) return label;
  const right = row.picked === row.correct;
  const key = right ? "" : ` ${say("right-answer")}: ${row.key}.`;
  const verdict = element("strong", {}, `${right ? "✓" : "✗"} ${say(right ? "right" : "not-right")}.${key} `);
  const colour = right ? "himaya-good" : "himaya-bad";
  return element("div", { class: `himaya-explained ${colour}` }, label, element("p", {}, verdict, row.rationale));
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
    "aria-describedby": described(activity, "help"),
  });
  whileTyping(input, act);
  const help = element(
    "p",
    { id: `himaya-help-${activity.id}`, "data-part": "help", role: "status" },
    say(view.readable ? "number-help" : "number-unreadable"),
  );
  const label = element("label", { class: "himaya-number" }, element("span", {}, fill(say("number-label"), view)), input);
  const key = checked ? captioned(say("right-answer"), element("p", {}, `${view.key} ${view.unit}`)) : null;
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
  const about = { disabled: view.phase === "checked", "aria-describedby": described(activity) };
  return [marking, textBox(view.value ?? "", say("text-label"), help, act, about)];
}
