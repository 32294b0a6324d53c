/* One scenario for a whole room: the mentor types in how many hands each choice has, or picks; the debrief puts the
   room's path beside the best one. No names are asked for, and nothing leaves the page. */

import { button, element, fill, labelled, paragraphs, shown } from "./elements.js";
import { readNumber, start, step, view } from "./engine.js";
import { drawScenario, QUALITIES } from "./scenario.js";

const LONGEST = 100; // steps of a run; the content check refuses scenarios that could go on for ever
const MOST_HANDS = 999;
const ORDER = ["best", "acceptable", "harmful"];
const UNIT = 10_000; // readNumber counts ten-thousandths

/** The run that takes the best open choice at every decision, as the view of its end. */
export function bestRun(activity) {
  let state = start(activity);
  for (let taken = 0; taken < LONGEST && state.phase !== "ended"; taken += 1) {
    const seen = view(activity, state);
    const common = { activity: activity.id, turn: state.turn };
    if (state.phase === "consequence") {
      state = step(activity, state, { ...common, type: "continue" });
    } else {
      const open = seen.choices.map((choice) => choice.id);
      const choices = activity.nodes.find((node) => node.id === state.node).choices;
      const best = ORDER.map((quality) => choices.find((one) => one.quality === quality && open.includes(one.id)));
      const choice = best.find((one) => one !== undefined).id;
      state = step(activity, state, { ...common, type: "choose", at: state.node, choice });
    }
  }
  return view(activity, state);
}

/** The hands counted at each decision of the path that was taken in the end: lists of [choice, hands], or null. */
export function handsOf(activity, events) {
  let state = start(activity);
  let hands = [];
  for (const event of events) {
    const before = state;
    state = step(activity, state, event);
    if (state.ignored > before.ignored || state.path.length === before.path.length) continue;
    hands = state.path.length > before.path.length ? [...hands, event.votes ?? null] : hands.slice(0, state.path.length);
  }
  return hands;
}

/** Which choice leads: its place, "tie", or null where no hand is counted or a count is no whole number. */
export function leading(counts) {
  if (counts.some((count) => count === null)) return null;
  const most = Math.max(...counts);
  if (most === 0) return null;
  return counts.filter((count) => count === most).length === 1 ? counts.indexOf(most) : "tie";
}

function readHands(text) {
  if (text.trim() === "") return 0;
  const number = readNumber(text);
  return number === null || number % UNIT !== 0 || number < 0 || number > MOST_HANDS * UNIT ? null : number / UNIT;
}

export function drawGroup(activity, view, act, say) {
  if (view.begun && view.phase === "decide") return roomDecision(activity, view, act, say);
  if (view.phase === "ended") return roomDebrief(activity, view, act, say);
  return drawScenario(activity, view, act, say);
}

function roomDecision(activity, view, act, say) {
  const told = element("p", { class: "himaya-lead", role: "status", id: `himaya-hands-${activity.id}` });
  const name = `${activity.id}-${view.node}`;
  const rows = view.choices.map((choice, index) => voteRow(choice, `${index + 1}`, name, say));
  const counts = () => rows.map(({ hands }) => readHands(hands.value));
  const count = () => {
    const leader = leading(counts());
    if (rows.some(({ hands }) => hands.value.trim() !== "")) {
      for (const [index, { radio }] of rows.entries()) radio.checked = index === leader;
    }
    const total = counts().reduce((sum, one) => sum + one, 0);
    told.classList.toggle("himaya-warning", leader === null || leader === "tie");
    if (counts().includes(null)) told.textContent = say("hands-unreadable");
    else if (leader === "tie") told.textContent = say("hands-tie");
    else told.textContent = leader === null ? "" : fill(say("hands-lead"), { n: leader + 1, hands: counts()[leader], total });
  };
  for (const { hands } of rows) hands.addEventListener("input", count);
  const choose = () => {
    const picked = rows.findIndex(({ radio }) => radio.checked);
    if (picked < 0) {
      told.classList.add("himaya-warning");
      if (told.textContent === "") told.textContent = say("pick-first");
      rows[0].radio.focus();
      return;
    }
    const voted = counts();
    const votes = voted.some((one) => one > 0) ? view.choices.map((choice, index) => [choice.id, voted[index]]) : undefined;
    act("choose", { at: view.node, choice: view.choices[picked].id, votes }, "heading");
  };
  return [
    view.step === 1 ? element("div", { class: "himaya-setting" }, ...paragraphs(activity.setting)) : null,
    element("h4", { tabindex: "-1", "data-key": "heading" }, `${fill(say("decision"), { n: view.step })}: ${view.title}`),
    ...paragraphs(view.text),
    element("p", { class: "himaya-help" }, say("hands-help")),
    element("fieldset", { "aria-describedby": told.id }, element("legend", {}, view.prompt), ...rows.map((one) => one.row), told),
    element("div", { class: "himaya-buttons" }, button("choose", say("choose-room"), choose, { class: "himaya-main" })),
  ];
}

function voteRow(choice, number, name, say) {
  const radio = element("input", { type: "radio", name, value: choice.id, "data-key": `pick-${choice.id}` });
  const hands = element("input", {
    type: "text",
    inputmode: "numeric",
    maxlength: "4",
    autocomplete: "off",
    "aria-label": fill(say("hands-for"), { n: number }),
    "data-key": `hands-${choice.id}`,
  });
  const label = element("label", { class: "himaya-option" }, radio, element("b", {}, shown(number)), element("span", {}, choice.text));
  const count = element("span", { class: "himaya-hands", "aria-hidden": "true" }, say("hands"));
  return { radio, hands, row: element("div", { class: "himaya-vote" }, label, element("label", {}, count, hands)) };
}

const verdictWords = (decided, say) => `${QUALITIES[decided.quality]} ${say(decided.quality)}`;

function handsLine(votes, node, say) {
  if (votes === null || votes === undefined) return null;
  const text = (id) => node.choices.find((choice) => choice.id === id).text;
  const counted = votes.filter(([, hands]) => hands > 0).map(([id, hands]) => element("li", {}, `${shown(hands)}: ${text(id)}`));
  return element("details", { class: "himaya-split" }, element("summary", {}, say("hands-counted")), element("ul", {}, ...counted));
}

function roomDebrief(activity, view, act, say) {
  const best = bestRun(activity);
  const hands = handsOf(activity, act.events());
  const met = view.debrief.map((decided) => decided.node);
  const missed = best.debrief.filter((decided) => !met.includes(decided.node));
  const heads = ["decision-column", "room-column", "best-column"].map((key) => element("th", { scope: "col" }, say(key)));
  const rows = view.debrief.map((decided, index) => {
    const node = activity.nodes.find((one) => one.id === decided.node);
    const strong = decided.quality === "best" ? say("same-choice") : (decided.better ?? "");
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `${shown(index + 1)}. ${decided.title}`),
      element("td", {}, element("p", { class: `himaya-quality himaya-${decided.quality}` }, verdictWords(decided, say)),
        element("p", {}, decided.text), handsLine(hands[index], node, say)),
      element("td", {}, element("p", {}, strong), element("p", { class: "himaya-help" }, `${decided.rationale} (${decided.principle})`)),
    );
  });
  const ending = (label, seen) => labelled(say(label), element("p", {}, element("b", {}, seen.ending.title)), ...paragraphs(seen.ending.text));
  const others = missed.map((decided) => element("li", {}, `${decided.title}: ${decided.text}`));
  return [
    element("h4", { tabindex: "-1", "data-key": "heading" }, say("group-debrief")),
    element("div", { class: "himaya-endings" }, ending("room-ending", view), ending("best-ending", best)),
    element("div", { class: "himaya-scroll", tabindex: "0", role: "region", "aria-label": say("debrief") },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows))),
    others.length === 0 ? null : labelled(say("not-met"), element("ul", {}, ...others)),
    labelled(say("talk-about"), element("p", {}, say("talk-questions"))),
    element(
      "div",
      { class: "himaya-buttons" },
      button("print", say("print"), () => globalThis.print(), { class: "himaya-main" }),
      button("restart", say("restart"), () => act("restart", {}, "heading")),
    ),
  ];
}
