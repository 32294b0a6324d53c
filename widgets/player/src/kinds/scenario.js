/* Scenario: a branching simulation. Decide, see what happens, go on; endings depend on meters. */

import { button, element, fill, labelled, paragraphs, shown, sources } from "../elements.js";
import { byId, field, known, shownOptions } from "../events.js";
import { faceInWords, portrait } from "../portrait.js";
import { shuffled } from "../shuffle.js";
import { contentNote, headline, instead, skip, skipButton, whereAmI } from "./simulations.js";

/** @import { Act, BaseView, Choice, Condition, Decision, Drawing, Likeness, Face, Meter, Node, Parts, PrincipleCount, Quality, Rules, Say,
 *   ScenarioActivity, ScenarioState, Taken } from "../types.js" */
/** @import { Words } from "./simulations.js" */

/** @typedef {{ id: string, label: string, value: number, max: number, word: string | null, lower: boolean }} ShownMeter */
/** @typedef {{ step: number, meters: ShownMeter[], can: string[] }} Common */
/** @typedef {{ name: string, portrait: Likeness, face: Face }} OnStage */
/** @typedef {Common & { phase: "decide", node: string, title: string, text: string, prompt: string,
 *   person: OnStage | null, choices: { id: string, text: string }[] }} Deciding */
/** @typedef {Common & { phase: "consequence", node: string, title: string, text: string, prompt: string,
 *   person: OnStage | null, taken: Taken, before: ShownMeter[] }} Seeing */
/** @typedef {Common & { phase: "skipped", value: string }} Skipped */
/** @typedef {Common & { phase: "ended", ending: { id: string, title: string, text: string }, debrief: Decision[],
 *   principles: PrincipleCount[] }} Ended */
/** @typedef {Deciding | Seeing | Skipped | Ended} ScenarioView */

/** @type {Record<Quality, number>} */
const QUALITY_POINTS = { best: 2, acceptable: 1, harmful: 0 };
/** What marks a choice of each quality, and which sentence says it.
 * @type {Record<Quality, [string, Quality]>} */
const VERDICTS = { best: ["✓", "best"], acceptable: ["○", "acceptable"], harmful: ["!", "harmful"] };

/** @satisfies {Words} */
const WORDS = { skip: "skip", skipped: "skipped", unskip: "unskip" };

/** How a person looks after a choice of each quality, where its author says nothing else.
 * @type {Record<Quality, Face>} */
const FACES = { best: "open", acceptable: "listening", harmful: "worried" };

/** @param {ScenarioActivity} activity */
const teaches = ({ mode }) => mode === "practice";

/** @param {ScenarioActivity} activity
 * @param {string[]} taken
 * @returns {[Node, Choice]} */
function takenAt({ nodes }, [node, choice]) {
  const place = known(nodes, node);
  return [place, known(place.choices, choice)];
}

/** @param {ScenarioActivity} activity
 * @param {string[][]} path */
const lastTaken = (activity, path) => takenAt(activity, path[path.length - 1])[1];

/** Each meter's value after a path, clamped to its range; a sticky meter that reached its minimum stays.
 * @param {ScenarioActivity} activity
 * @param {string[][]} path */
function meterValues(activity, path) {
  const values = new Map(activity.meters.map((meter) => [meter.id, meter.start]));
  for (const taken of path) {
    for (const [id, change] of takenAt(activity, taken)[1].effects ?? []) {
      const meter = byId(activity.meters, id);
      const value = values.get(id);
      if (meter === null || value === undefined || (meter.sticky && value === meter.min)) continue;
      values.set(id, Math.min(meter.max, Math.max(meter.min, value + change)));
    }
  }
  return values;
}

/** Whether every condition holds; one on a meter that this copy does not know never does.
 * @param {Condition[]} when
 * @param {Map<string, number>} values */
const holds = (when, values) =>
  when.every(([id, lowest, highest]) => {
    const value = values.get(id);
    return value !== undefined && lowest <= value && value <= highest;
  });

/** @param {ScenarioActivity} activity
 * @param {ScenarioState} state */
export function openChoices(activity, state) {
  const values = meterValues(activity, state.path);
  return known(activity.nodes, state.node).choices.filter((choice) => holds(choice.when, values));
}

/** A choice that was taken, with its reason as far as this copy of the activity holds it.
 * @param {Choice} choice
 * @returns {Taken} */
function told(choice) {
  const { id, text, consequence, quality, rationale, principle, source } = choice;
  /** @type {Taken} */
  const shown = { id, text, consequence };
  if (quality !== undefined) shown.quality = quality;
  if (rationale !== undefined) shown.rationale = rationale;
  if (principle !== undefined) shown.principle = principle;
  if (source !== undefined) shown.source = source;
  return shown;
}

/** Each decision of a path with its consequence, reason and the better choice; needs the key.
 * @param {ScenarioActivity} activity
 * @param {string[][]} path
 * @returns {Decision[]} */
const debrief = (activity, path) =>
  path.map((taken) => {
    const [node, choice] = takenAt(activity, taken);
    // One that was open: a repair choice may not have been.
    const better = node.choices.find(({ quality, when }) => quality === "best" && when.length === 0)?.text ?? null;
    return { node: node.id, title: node.title, ...told(choice), better };
  });

/** For each principle, in the order of the decisions, how many choices were best, acceptable and harmful.
 * @param {Decision[]} decisions
 * @returns {PrincipleCount[]} */
function byPrinciple(decisions) {
  /** @type {PrincipleCount[]} */
  const groups = [];
  for (const { principle = "", quality } of decisions) {
    let group = groups.find((one) => one.principle === principle);
    if (group === undefined) {
      group = { principle, best: 0, acceptable: 0, harmful: 0 };
      groups.push(group);
    }
    if (quality !== undefined) group[quality] += 1;
  }
  return groups;
}

/** @type {Rules<ScenarioActivity, ScenarioState>} */
export const rules = {
  start: (activity) => ({ phase: "decide", node: activity.start, path: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    if (field(event, "turn") !== state.turn) return null;
    if (type === "choose") {
      if (state.phase !== "decide" || field(event, "at") !== state.node) return null;
      const choice = openChoices(activity, state).find((open) => open.id === field(event, "choice"));
      if (choice === undefined) return null;
      return { ...state, phase: "consequence", path: [...state.path, [state.node, choice.id]] };
    }
    if (type === "continue" && state.phase === "consequence") {
      const target = lastTaken(activity, state.path).to;
      if (target === "end") return { ...state, phase: "ended", finished: true };
      return { ...state, phase: "decide", node: target };
    }
    if (type === "skip" || type === "answer" || type === "unskip") return skip(state, "decide", type, field(event, "value"));
    if (!teaches(activity) || state.path.length === 0) return null;
    if (type === "back") {
      const value = state.phase === "consequence" ? state.path.length - 1 : state.phase === "ended" ? field(event, "value") : null;
      const place = state.path.findIndex((_, number) => number === value);
      return place < 0 ? null : { ...state, phase: "decide", node: state.path[place][0], path: state.path.slice(0, place) };
    }
    if (type === "restart") return { ...state, ...rules.start(activity), value: state.value };
    return null;
  },

  score(activity, state) {
    if (state.phase !== "ended") return [0, 1];
    let earned = 0;
    for (const taken of state.path) earned += QUALITY_POINTS[takenAt(activity, taken)[1].quality ?? "harmful"];
    return [earned, 2 * state.path.length];
  },

  debrief(activity, state) {
    const decisions = debrief(activity, state.path);
    return [decisions, byPrinciple(decisions)];
  },
};

/** @param {Meter} meter
 * @param {Map<string, number>} values
 * @returns {ShownMeter} */
function meterView({ id, label, min, max, levels, lower = false }, values) {
  const value = values.get(id) ?? min;
  return { id, label, value, max, word: levels.length > 0 ? levels[value - min] : null, lower };
}

/** Who is drawn at a node. Where it counts everybody listens: any other face would tell the key.
 * @param {ScenarioActivity} activity
 * @param {Node} node
 * @param {Face | undefined} face
 * @returns {OnStage | null} */
function onStage(activity, node, face = "listening") {
  const person = byId(activity.people ?? [], node.person);
  return person && { name: person.name, portrait: person.portrait, face: teaches(activity) ? face : "listening" };
}

/** @param {ScenarioActivity} activity
 * @param {ScenarioState} state
 * @returns {ScenarioView} */
function view(activity, state) {
  const values = meterValues(activity, state.path);
  const step = state.path.length + (state.phase === "decide" ? 1 : 0);
  const common = { step, meters: activity.meters.map((meter) => meterView(meter, values)) };
  if (state.phase === "ended") {
    const ending = activity.endings.find(({ when }) => holds(when, values)) ?? activity.endings[activity.endings.length - 1];
    const decisions = teaches(activity) ? debrief(activity, state.path) : [];
    return {
      ...common,
      phase: "ended",
      ending: { id: ending.id, title: ending.title, text: ending.text },
      debrief: decisions,
      principles: byPrinciple(decisions),
      can: teaches(activity) ? ["back", "restart"] : [],
    };
  }
  if (state.phase === "skipped") return { ...common, phase: "skipped", value: state.value, can: ["answer", "unskip"] };
  const node = known(activity.nodes, state.node);
  const at = { node: node.id, title: node.title, text: node.text, prompt: node.prompt };
  if (state.phase === "consequence") {
    const can = teaches(activity) ? ["continue", "back"] : ["continue"];
    const choice = lastTaken(activity, state.path);
    const person = onStage(activity, node, choice.face ?? FACES[choice.quality ?? "acceptable"]);
    const earlier = meterValues(activity, state.path.slice(0, -1));
    const before = activity.meters.map((meter) => meterView(meter, earlier));
    return { ...common, ...at, phase: "consequence", person, taken: told(choice), before, can };
  }
  const choices = shuffled(openChoices(activity, state), state.seed, activity.nodes.indexOf(node));
  const person = onStage(activity, node, node.face);
  return { ...common, ...at, phase: "decide", person, choices: shownOptions(choices), can: ["choose", "skip"] };
}

/** @type {Drawing<ScenarioActivity, ScenarioState, ScenarioView>} */
export const drawing = { titled: true, view, draw: drawScenario };

/** @param {ScenarioActivity} activity
 * @param {BaseView & ScenarioView} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
export function drawScenario(activity, view, act, say) {
  if (!view.begun) return [contentNote(activity, WORDS, act, say)];
  if (view.phase === "skipped") return instead(activity, view.value, WORDS, act, say);
  if (view.phase === "ended") return ended(activity, view, act, say);
  return view.phase === "consequence" ? consequence(activity, view, act, say) : decision(activity, view, act, say);
}

/** What happens, beside whoever it happens with.
 * @param {OnStage | null} person
 * @param {string} text
 * @param {Say} say */
function scene(person, text, say) {
  if (person === null) return element("div", {}, ...paragraphs(text));
  const words = faceInWords(person.name, person.face, say);
  return element(
    "div",
    { class: "himaya-scene" },
    element("div", { class: "himaya-who" }, portrait(person, person.face, words), element("span", {}, person.name)),
    element("div", {}, ...paragraphs(text)),
  );
}

/** @param {ShownMeter} meter
 * @param {Say} say */
const named = ({ label, lower }, say) => (lower ? fill(say("meter-lower"), { label }) : label);

/** @param {ShownMeter} meter */
function meterBar({ value, max, lower }) {
  const bar = element("meter", { min: "0", max: String(max), "aria-hidden": "true" });
  // Full is good, or bad: the colour says which.
  [bar.low, bar.high, bar.optimum] = [max / 3, (2 * max) / 3, lower ? 0 : max];
  bar.value = value;
  return bar;
}

/** @param {Common} view
 * @param {Say} say */
function meters(view, say) {
  if (view.meters.length === 0) return null;
  const rows = view.meters.map((meter) => {
    const text = meter.word ?? fill(say("meter-value"), meter);
    return element("li", {}, element("span", {}, `${named(meter, say)}: ${text}`), meterBar(meter));
  });
  return element("ul", { class: "himaya-meters", "aria-label": say("meters") }, ...rows);
}

/** The meters, out of the way of a decision.
 * @param {Element | null} drawn
 * @param {Say} say */
const folded = (drawn, say) =>
  drawn && element("details", {}, element("summary", { "data-key": "meters" }, say("meters")), drawn);

/** The meters that a choice moved, from what to what.
 * @param {Seeing} view
 * @param {Say} say
 * @param {string} id */
function changes(view, say, id) {
  const rows = view.meters.flatMap((meter, place) => {
    const before = view.before[place];
    if (before.value === meter.value) return [];
    const values = { before: before.word ?? before.value, after: meter.word ?? meter.value };
    const text = fill(say("meter-change"), { label: named(meter, say), ...values });
    return [element("li", {}, element("span", {}, text), meterBar(meter))];
  });
  return rows.length === 0 ? null : element("ul", { class: "himaya-meters himaya-changes", id, "aria-label": say("meters") }, ...rows);
}

/** @param {ScenarioActivity} activity
 * @param {Deciding} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
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
  const form = element("fieldset", { "aria-describedby": id }, element("legend", {}, view.prompt), ...options, warning);
  const choose = () => {
    const inputs = /** @type {HTMLInputElement[]} */ (Array.from(form.querySelectorAll("input")));
    const picked = inputs.find((input) => input.checked);
    if (picked === undefined) {
      warning.textContent = say("pick-first");
      inputs[0]?.focus();
    } else {
      act("choose", { at: view.node, choice: picked.value }, "heading");
    }
  };
  const buttons = element(
    "div",
    { class: "himaya-buttons" },
    button("choose", say("choose"), choose, { class: "himaya-main" }),
    skipButton(WORDS, act, say),
  );
  // What confirms a choice comes into view with it, unless the choice itself would leave it.
  form.addEventListener("change", ({ target }) => {
    buttons.scrollIntoView({ block: "nearest" });
    if (target instanceof HTMLElement) target.closest("label")?.scrollIntoView({ block: "nearest" });
  });
  return [
    headline(`${fill(say("decision"), { n: view.step })}: ${view.title}`),
    scene(view.person, view.text, say),
    form,
    buttons,
    folded(meters(view, say), say),
    whereAmI(activity, say),
  ];
}

/** @param {Quality} quality
 * @param {Say} say */
export function verdictWords(quality, say) {
  const [mark, key] = VERDICTS[quality];
  return `${mark} ${say(key)}`;
}

/** @param {Taken} decided
 * @param {Say} say */
const verdict = ({ quality }, say) =>
  quality === undefined ? null : element("p", { class: `himaya-quality himaya-${quality}` }, verdictWords(quality, say));

/** @param {Taken} decided
 * @param {string} language
 * @param {Say} say
 * @returns {Parts} */
const reason = (decided, language, say) =>
  decided.rationale === undefined
    ? []
    : [
        labelled(say("why"), ...paragraphs(decided.rationale)),
        element("p", { class: "himaya-principle" }, `${say("principle")}: ${decided.principle}`),
        sources(say, decided.source, language),
      ];

/** @param {ScenarioActivity} activity
 * @param {Seeing} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function consequence(activity, view, act, say) {
  const { taken } = view;
  const id = `himaya-changes-${activity.id}`;
  const changed = changes(view, say, id);
  const heading = headline(say("what-happens"));
  if (changed !== null) heading.setAttribute("aria-describedby", id); // read aloud with the heading, which gets the focus
  const why = reason(taken, activity.language, say);
  const back = view.can.includes("back");
  return [
    heading,
    element("p", { class: "himaya-chosen" }, `${say("your-choice")}: ${taken.text}`),
    scene(view.person, taken.consequence, say),
    changed,
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

/** @param {ScenarioActivity} activity
 * @param {Ended} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function ended(activity, view, act, say) {
  if (activity.mode === "graded") return [headline(say("ended")), element("p", {}, say("finished-graded"))];
  const turning = view.debrief.findIndex(({ quality }) => quality === "harmful");
  /** @param {Decision} decided */
  const better = ({ quality, better: text }) => (quality === "best" || text === null ? null : labelled(say("better"), element("p", {}, text)));
  const decisions = view.debrief.map((decided, place) =>
    element(
      "li",
      {},
      element("h5", {}, decided.title),
      verdict(decided, say),
      element("p", { class: "himaya-chosen" }, `${say("your-choice")}: ${decided.text}`),
      labelled(say("what-happens"), ...paragraphs(decided.consequence)),
      ...reason(decided, activity.language, say),
      better(decided),
      button(`again-${place}`, say("talk-again-from-here"), () => act("back", { value: place }, "heading"), {
        class: "himaya-link",
        "aria-label": `${say("talk-again-from-here")}: ${decided.title}`,
      }),
    ),
  );
  const principles = view.principles.map(({ principle, ...counts }) => {
    const some = Object.keys(VERDICTS).flatMap((key) => {
      const quality = /** @type {Quality} */ (key);
      return counts[quality] === 0 ? [] : [`${verdictWords(quality, say)}: ${shown(counts[quality])}`];
    });
    return element("li", {}, principle, ...some.map((text) => element("span", { class: "himaya-counts" }, text)));
  });
  const steps = view.debrief.map(({ title, quality = "acceptable" }) =>
    element(
      "li",
      { class: `himaya-${quality}` },
      element("span", { "aria-hidden": "true" }, VERDICTS[quality][0]),
      element("span", { class: "himaya-announce" }, `${title}: ${say(VERDICTS[quality][1])}`),
    ),
  );
  const restart = button("restart", say("restart"), () => act("restart", {}, "heading"), { class: turning < 0 ? "himaya-main" : "" });
  return [
    headline(view.ending.title),
    ...paragraphs(view.ending.text),
    element("ol", { class: "himaya-strip", "aria-label": say("debrief") }, ...steps),
    turning < 0 ? null : turningPoint(view.debrief[turning], better(view.debrief[turning]), say),
    element(
      "div",
      { class: "himaya-buttons" },
      turning < 0
        ? null
        : button("replay", say("replay-turning"), () => act("back", { value: turning }, "heading"), { class: "himaya-main" }),
      restart,
    ),
    meters(view, say),
    labelled(say("by-principle"), element("ul", {}, ...principles)),
    element(
      "details",
      {},
      element("summary", { "data-key": "debrief" }, say("debrief")),
      element("ol", { class: "himaya-debrief" }, ...decisions),
    ),
  ];
}

/** The first choice that can harm, what it led to, and what would have been stronger.
 * @param {Decision} decided
 * @param {HTMLElement | null} better
 * @param {Say} say */
const turningPoint = (decided, better, say) =>
  element(
    "div",
    { class: "himaya-note" },
    element("h5", {}, `${say("turning-point")}: ${decided.title}`),
    element("p", { class: "himaya-chosen" }, `${say("your-choice")}: ${decided.text}`),
    ...paragraphs(decided.consequence),
    better,
  );
