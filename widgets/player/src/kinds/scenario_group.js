/* One scenario or interview for a whole room: the mentor types in how many hands each choice has, or picks; the debrief puts
   the room's path beside the best one. No names are asked for, and nothing leaves the page. */

import { button, element, fill, labelled, paragraphs, shown } from "../elements.js";
import { known, textOf } from "../events.js";
import { kindOf, start, step, view } from "../fold.js";
import { readNumber } from "../numbers.js";
import { ended as endedTalk, moveGroups, talk } from "./interview.js";
import { drawing, openChoices, verdictWords } from "./scenario.js";
import { headline, whereAmI } from "./simulations.js";

/** @import { Deciding, Ended, ScenarioView, Seeing } from "./scenario.js" */
/** @import { Ended as EndedTalk, InterviewView, Talking } from "./interview.js" */
/** @import { Act, BaseView, InterviewActivity, InterviewState, JournalEvent, Parts, Quality, Say, ScenarioActivity,
 *   ScenarioState } from "../types.js" */

/** Hands for each choice, as [choice, hands].
 * @typedef {[string, number][]} Votes */

const LONGEST = 100; // steps of a run; the content check refuses scenarios that could go on for ever
const MOST_HANDS = 999;
/** @type {Quality[]} */
const ORDER = ["best", "acceptable", "harmful"];
const UNIT = 10_000; // readNumber counts ten-thousandths

/** @param {ScenarioActivity} activity
 * @returns {ScenarioState} */
const begun = (activity) => /** @type {ScenarioState} */ (start(activity));

/** @param {ScenarioActivity} activity
 * @param {ScenarioState} state
 * @param {unknown} event
 * @returns {ScenarioState} */
const after = (activity, state, event) => /** @type {ScenarioState} */ (step(activity, state, event));

/** The run that takes the best open choice at every decision, as the view of its end.
 * @param {ScenarioActivity} activity
 * @returns {Ended} */
export function bestRun(activity) {
  let state = begun(activity);
  for (let taken = 0; taken < LONGEST && state.phase !== "ended"; taken += 1) {
    const common = { activity: activity.id, turn: state.turn };
    if (state.phase === "consequence") {
      state = after(activity, state, { ...common, type: "continue" });
    } else {
      const open = openChoices(activity, state);
      const best = ORDER.map((quality) => open.find((one) => one.quality === quality)).find((one) => one !== undefined);
      state = after(activity, state, { ...common, type: "choose", at: state.node, choice: best?.id });
    }
  }
  return /** @type {Ended} */ (/** @type {unknown} */ (view(activity, state)));
}

/** The hands counted at each decision or move of the path that was taken in the end.
 * @param {ScenarioActivity | InterviewActivity} activity
 * @param {(JournalEvent & { votes?: Votes })[]} events
 * @returns {(Votes | null)[]} */
export function handsOf(activity, events) {
  /** @typedef {ScenarioState | InterviewState} RoomState */
  let state = /** @type {RoomState} */ (start(activity));
  /** @type {(Votes | null)[]} */
  let hands = [];
  for (const event of events) {
    const before = state;
    state = /** @type {RoomState} */ (step(activity, state, event));
    if (state.ignored > before.ignored || state.path.length === before.path.length) continue;
    hands = state.path.length > before.path.length ? [...hands, event.votes ?? null] : hands.slice(0, state.path.length);
  }
  return hands;
}

/** Which choice leads: its place, "tie", or null where no hand is counted or a count is no whole number.
 * @param {(number | null)[]} counts
 * @returns {number | "tie" | null} */
export function leading(counts) {
  const whole = counts.filter((count) => count !== null);
  const most = Math.max(...whole);
  if (whole.length < counts.length || most === 0) return null;
  return whole.filter((count) => count === most).length === 1 ? whole.indexOf(most) : "tie";
}

/** @param {string} text */
function readHands(text) {
  if (text.trim() === "") return 0;
  const number = readNumber(text);
  return number === null || number % UNIT !== 0 || number < 0 || number > MOST_HANDS * UNIT ? null : number / UNIT;
}

/** @param {ScenarioActivity | InterviewActivity} activity
 * @param {BaseView & (ScenarioView | InterviewView)} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
export function drawGroup(activity, view, act, say) {
  if (activity.kind === "interview" && view.begun && view.phase === "talk") return roomTalk(activity, view, act, say);
  if (activity.kind === "interview" && view.phase === "ended" && "told" in view) return roomTold(activity, view, act, say);
  // Another kind is shown to a room as to one person: hands choose, and the mentor presses.
  if (activity.kind !== "scenario") return kindOf(activity).drawing.draw(activity, view, act, say);
  if (view.begun && view.phase === "decide") return roomDecision(activity, view, act, say);
  if (view.phase === "ended" && "debrief" in view) return roomDebrief(activity, view, act, say);
  const shown = /** @type {BaseView & ScenarioView} */ (view);
  if (shown.begun && shown.phase === "consequence") return roomConsequence(activity, shown, act, say);
  return drawing.draw(activity, shown, act, say);
}

/** Rows in which hands are counted, the line that says which option leads, and the button that takes the room's choice.
 * @param {string} id
 * @param {string} name
 * @param {{ id: string, text: string }[]} options
 * @param {Say} say
 * @param {(choice: string, votes: Votes | undefined) => void} onChoice */
function ballot(id, name, options, say, onChoice) {
  const told = element("p", { class: "himaya-lead", role: "status", id: `himaya-hands-${id}` });
  const rows = options.map((option, index) => voteRow(option, `${index + 1}`, name, say));
  const counts = () => rows.map(({ hands }) => readHands(hands.value));
  const count = () => {
    const counted = counts();
    const leader = leading(counted);
    if (rows.some(({ hands }) => hands.value.trim() !== "")) {
      for (const [index, { radio }] of rows.entries()) radio.checked = index === leader;
    }
    const total = counted.reduce((sum, one) => (sum ?? 0) + (one ?? 0), 0);
    told.classList.toggle("himaya-warning", leader === null || leader === "tie");
    if (counted.includes(null)) told.textContent = say("hands-unreadable");
    else if (leader === "tie") told.textContent = say("hands-tie");
    else if (leader === null) told.textContent = "";
    else told.textContent = fill(say("hands-lead"), { n: leader + 1, hands: counted[leader], total });
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
    const some = voted.some((one) => one !== null && one > 0);
    /** @type {Votes | undefined} */
    const votes = some ? options.map((option, index) => [option.id, voted[index] ?? 0]) : undefined;
    onChoice(options[picked].id, votes);
  };
  const main = button("choose", say("choose-room"), choose, { class: "himaya-main" });
  return { rows: rows.map(({ row }) => row), told, buttons: element("div", { class: "himaya-buttons" }, main) };
}

/** @param {ScenarioActivity} activity
 * @param {Deciding} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function roomDecision(activity, view, act, say) {
  const { rows, told: lead, buttons } = ballot(activity.id, `${activity.id}-${view.node}`, view.choices, say, (choice, votes) =>
    act("choose", { at: view.node, choice, votes }, "heading"),
  );
  const told = [
    headline(`${fill(say("decision"), { n: view.step })}: ${view.title}`),
    ...paragraphs(view.text),
    element("p", { class: "himaya-help" }, say("hands-help")),
  ];
  const asked = element("fieldset", { "aria-describedby": lead.id }, element("legend", {}, view.prompt), ...rows, lead);
  const sides = element("div", { class: "himaya-sides" }, element("div", {}, ...told), element("div", {}, asked, buttons));
  return [sides, whereAmI(activity, say)];
}

/** @param {InterviewActivity} activity
 * @param {Talking} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function roomTalk(activity, view, act, say) {
  const { moves } = view;
  const { rows, told, buttons } = ballot(activity.id, `${activity.id}-${view.lines.length}`, moves, say, (choice, votes) =>
    act("choose", { choice, votes }, "heard"),
  );
  const { folded, hand } = moveGroups(activity, view, say, (move) => rows[moves.indexOf(move)]);
  const choosing = element("fieldset", { "aria-describedby": told.id }, ...folded, ...hand, told);
  return talk(activity, view, act, say, [element("p", { class: "himaya-help" }, say("hands-help")), choosing, buttons]);
}

/** @param {InterviewActivity} activity
 * @param {EndedTalk} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function roomTold(activity, view, act, say) {
  const hands = handsOf(activity, act.events());
  const print = button("print", say("print"), () => globalThis.print(), { class: "himaya-main" });
  return endedTalk(activity, view, act, say, {
    under: (place) => handsLine(hands[place], activity.moves, say),
    buttons: [print],
  });
}

/** @param {{ id: string, text: string }} choice
 * @param {string} number
 * @param {string} name
 * @param {Say} say */
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

/** @param {Votes | null | undefined} votes
 * @param {{ id: string, text: string }[]} options
 * @param {Say} say */
function handsLine(votes, options, say) {
  if (votes === null || votes === undefined) return null;
  const some = votes.filter(([, hands]) => hands > 0);
  const counted = some.map(([id, hands]) => element("li", {}, `${shown(hands)}: ${textOf(options, id)}`));
  return element("details", { class: "himaya-split" }, element("summary", {}, say("hands-counted")), element("ul", {}, ...counted));
}

/** What happens, with how the room voted beside it.
 * @param {ScenarioActivity} activity
 * @param {BaseView & Seeing} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function roomConsequence(activity, view, act, say) {
  const votes = handsOf(activity, act.events()).at(-1);
  const parts = element("div", {}, ...drawing.draw(activity, view, act, say));
  if (votes === null || votes === undefined) return [parts];
  const { choices } = known(activity.nodes, view.node);
  const total = votes.reduce((sum, [, hands]) => sum + hands, 0);
  const rows = votes.map(([id, hands]) => {
    const share = element("meter", { max: `${total}`, "aria-hidden": "true" });
    share.value = hands;
    return element("li", {}, element("b", {}, shown(hands)), share, element("span", {}, textOf(choices, id)));
  });
  const room = element("div", { class: "himaya-room" }, labelled(say("hands-counted"), element("ul", {}, ...rows)));
  return [element("div", { class: "himaya-beside" }, parts, room)];
}

/** @param {ScenarioActivity} activity
 * @param {Ended} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function roomDebrief(activity, view, act, say) {
  const best = bestRun(activity);
  const hands = handsOf(activity, act.events());
  const met = view.debrief.map((decided) => decided.node);
  const missed = best.debrief.filter((decided) => !met.includes(decided.node));
  const columns = [say("decision-column"), say("room-column"), say("best-column")];
  const heads = columns.map((text) => element("th", { scope: "col" }, text));
  const rows = view.debrief.map((decided, index) => {
    const node = known(activity.nodes, decided.node);
    const { quality = "harmful" } = decided; // practice holds the key
    const strong = quality === "best" ? say("same-choice") : (decided.better ?? "");
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `${shown(index + 1)}. ${decided.title}`),
      element("td", {}, element("p", { class: `himaya-quality himaya-${quality}` }, verdictWords(quality, say)),
        element("p", {}, decided.text), handsLine(hands[index], node.choices, say)),
      element("td", {}, element("p", {}, strong), element("p", { class: "himaya-help" }, `${decided.rationale} (${decided.principle})`)),
    );
  });
  /** @param {string} label
   * @param {Ended} seen */
  const ending = (label, seen) => labelled(label, element("p", {}, element("b", {}, seen.ending.title)), ...paragraphs(seen.ending.text));
  const others = missed.map((decided) => element("li", {}, `${decided.title}: ${decided.text}`));
  return [
    element("h4", { tabindex: "-1", "data-key": "heading" }, say("group-debrief")),
    element("div", { class: "himaya-endings" }, ending(say("room-ending"), view), ending(say("best-ending"), best)),
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
