/* Where no kernel is: a lab to read about, with its written alternative, and the way to the lab itself. */

import { button, element, paragraphs } from "./elements.js";
import { textBox } from "./typing.js";

export function drawLabCard(activity, view, act, say) {
  if (view.phase === "skipped") return instead(activity, view, act, say);
  const told = (label, lines) =>
    element("details", {}, element("summary", {}, say(label)), ...lines.flatMap(paragraphs));
  const way = activity.address
    ? element("p", {}, element("a", { href: activity.address }, say("lab-open-app")))
    : element("p", { class: "himaya-setting" }, say("lab-page"));
  return [
    element(
      "div",
      { class: "himaya-note" },
      element("h4", { tabindex: "-1", "data-key": "heading" }, say("content-note")),
      ...paragraphs(activity.content_note),
    ),
    element("h4", {}, say("lab-briefing")),
    ...activity.briefing.flatMap(paragraphs),
    way,
    told("lab-first-step", activity.first_step),
    activity.assumptions
      ? told("lab-assumes", activity.assumptions.map(({ says, source }) => `${says} (${source.join("; ")})`))
      : null,
    activity.debrief ? told("lab-debrief", activity.debrief) : null,
    element("div", { class: "himaya-buttons" }, button("skip", say("lab-skip"), () => act("skip", {}, "heading"))),
  ];
}

function instead(activity, view, act, say) {
  return [
    element("h4", { tabindex: "-1", "data-key": "heading" }, say("alternative")),
    element("p", {}, say("lab-skipped")),
    ...paragraphs(activity.alternative),
    textBox(view.value, say("text-label"), say("text-help-short"), act),
    element("div", { class: "himaya-buttons" }, button("unskip", say("lab-unskip"), () => act("unskip", {}, "heading"))),
  ];
}
