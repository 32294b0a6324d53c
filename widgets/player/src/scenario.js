/* Draws a scenario: content note, decision, consequence, ending and debrief. */

import { button, element, fill, labelled, paragraphs, sources } from "./elements.js";
import { textBox } from "./typing.js";

export const QUALITIES = { best: "✓", acceptable: "○", harmful: "!" };

export function drawScenario(activity, view, act, say) {
  if (!view.begun) return [contentNote(activity, act, say)];
  if (view.phase === "skipped") return skipped(activity, view, act, say);
  if (view.phase === "ended") return ended(activity, view, act, say);
  return view.phase === "consequence" ? consequence(view, act, say) : decision(activity, view, act, say);
}

const headline = (text) => element("h4", { tabindex: "-1", "data-key": "heading" }, text);

const skipButton = (act, say) => button("skip", say("skip"), () => act("skip", {}, "heading"));

function contentNote(activity, act, say) {
  return element(
    "div",
    { class: "himaya-note" },
    headline(say("content-note")),
    ...paragraphs(activity.content_note),
    element(
      "div",
      { class: "himaya-buttons" },
      button("start", say("start"), () => act("begin", {}, "heading"), { class: "himaya-main" }),
      skipButton(act, say),
    ),
  );
}

function skipped(activity, view, act, say) {
  return [
    headline(say("alternative")),
    element("p", {}, say("skipped")),
    ...paragraphs(activity.alternative),
    textBox(view.value, say("text-label"), say("text-help-short"), act),
    element(
      "div",
      { class: "himaya-buttons" },
      button("unskip", say("unskip"), () => act("unskip", {}, "heading")),
    ),
  ];
}

function meters(view, say) {
  if (view.meters.length === 0) return null;
  const rows = view.meters.map((meter) => {
    const text = meter.word ?? fill(say("meter-value"), meter);
    const bar = element("meter", { min: "0", max: String(meter.max), "aria-hidden": "true" });
    bar.value = meter.value;
    return element("li", {}, element("span", {}, `${meter.label}: ${text}`), bar);
  });
  return element("ul", { class: "himaya-meters", "aria-label": say("meters") }, ...rows);
}

function decision(activity, view, act, say) {
  const name = `${activity.id}-${view.node}`;
  const options = view.choices.map((choice) =>
    element(
      "label",
      { class: "himaya-option" },
      element("input", { type: "radio", name, value: choice.id, "data-key": `pick-${choice.id}` }),
      element("span", {}, choice.text),
    ),
  );
  const id = `himaya-warning-${activity.id}`;
  const warning = element("p", { class: "himaya-warning", role: "alert", id });
  const form = element(
    "fieldset",
    { "aria-describedby": id },
    element("legend", {}, view.prompt),
    ...options,
    warning,
  );
  const choose = () => {
    const picked = form.querySelector("input:checked");
    if (picked === null) {
      warning.textContent = say("pick-first");
      form.querySelector("input").focus();
    } else {
      act("choose", { at: view.node, choice: picked.value }, "heading");
    }
  };
  return [
    view.step === 1 ? element("div", { class: "himaya-setting" }, ...paragraphs(activity.setting)) : null,
    headline(`${fill(say("decision"), { n: view.step })}: ${view.title}`),
    ...paragraphs(view.text),
    meters(view, say),
    form,
    element(
      "div",
      { class: "himaya-buttons" },
      button("choose", say("choose"), choose, { class: "himaya-main" }),
      skipButton(act, say),
    ),
  ];
}

function verdict(decided, say) {
  if (decided.quality === undefined) return null;
  const label = `${QUALITIES[decided.quality]} ${say(decided.quality)}`;
  return element("p", { class: `himaya-quality himaya-${decided.quality}` }, label);
}

const reason = (decided, say) =>
  decided.rationale === undefined
    ? []
    : [
        labelled(say("why"), ...paragraphs(decided.rationale)),
        element("p", { class: "himaya-principle" }, `${say("principle")}: ${decided.principle}`),
        sources(say, decided.source),
      ];

function consequence(view, act, say) {
  const { taken } = view;
  const why = reason(taken, say);
  const back = view.can.includes("back");
  return [
    headline(say("what-happens")),
    element("p", { class: "himaya-chosen" }, `${say("your-choice")}: ${taken.text}`),
    ...paragraphs(taken.consequence),
    meters(view, say),
    why.length === 0
      ? null
      : element(
          "details",
          { class: "himaya-why" },
          element("summary", { "data-key": "why" }, `${say("notice")} ${say("why")}`),
          verdict(taken, say),
          ...why,
        ),
    element(
      "div",
      { class: "himaya-buttons" },
      button("continue", say("continue"), () => act("continue", {}, "heading"), { class: "himaya-main" }),
      back ? button("back", say("back"), () => act("back", {}, "heading")) : null,
    ),
  ];
}

function ended(activity, view, act, say) {
  if (activity.mode === "graded") {
    return [
      headline(say("ended")),
      element("p", {}, say("finished-graded")),
    ];
  }
  const decisions = view.debrief.map((decided) =>
    element(
      "li",
      {},
      element("h5", {}, decided.title),
      verdict(decided, say),
      element("p", { class: "himaya-chosen" }, `${say("your-choice")}: ${decided.text}`),
      labelled(say("what-happens"), ...paragraphs(decided.consequence)),
      ...reason(decided, say),
      decided.quality === "best" || decided.better === null
        ? null
        : labelled(say("better"), element("p", {}, decided.better)),
    ),
  );
  const principles = view.principles.map((group) =>
    element("li", {}, group.principle, element("span", { class: "himaya-counts" }, fill(say("counts"), group))),
  );
  return [
    headline(view.ending.title),
    ...paragraphs(view.ending.text),
    meters(view, say),
    labelled(say("by-principle"), element("ul", {}, ...principles)),
    labelled(say("debrief"), element("ol", { class: "himaya-debrief" }, ...decisions)),
    element(
      "div",
      { class: "himaya-buttons" },
      button("restart", say("restart"), () => act("restart", {}, "heading"), { class: "himaya-main" }),
    ),
  ];
}
