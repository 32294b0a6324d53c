/* Case file: papers that are filled in one after the other and kept. A paper with a harmful line never gets into the file. */

import { button, element, fill, labelled, paragraphs, sources } from "../elements.js";
import { byId, field, ids, known, readId } from "../events.js";
import { shuffled } from "../shuffle.js";
import { verdictWords } from "./scenario.js";
import { contentNote, headline, instead, skip, skipButton, whereAmI } from "./simulations.js";

/** @import { Act, CasefileActivity, CasefileState, Drawing, Entry, Line, Paper, Parts, Rules, Say } from "../types.js" */
/** @import { Words } from "./simulations.js" */

/** @typedef {{ seed: number, kept: number, filled: string[][], value: string, safe: boolean, can: string[] }} Shown */

/** @satisfies {Words} */
const WORDS = { skip: "file-skip", skipped: "file-skipped", unskip: "file-unskip" };

/** The filled lines of a paper with what stands in them, in the order of the paper.
 * @param {Paper} paper
 * @param {string[][]} filled
 * @returns {[Line, Entry][]} */
const chosen = ({ rows }, filled) =>
  rows.flatMap((line) => {
    const option = byId(line.options, filled.find(([id]) => id === line.id)?.[1]);
    return option === null ? [] : [/** @type {[Line, Entry]} */ ([line, option])];
  });

/** @param {CasefileActivity} activity
 * @param {CasefileState} state */
const complete = ({ papers }, { kept, filled }) => chosen(papers[kept], filled).length === papers[kept].rows.length;

/** @param {CasefileActivity} activity
 * @param {CasefileState} state */
const harmful = ({ papers }, { kept, filled }) => chosen(papers[kept], filled).some(([, { quality }]) => quality === "harmful");

/** @param {CasefileActivity} activity
 * @param {CasefileState} state
 * @param {object} event
 * @returns {CasefileState | null} */
function choose({ papers }, state, event) {
  const line = byId(papers[state.kept].rows, field(event, "at"));
  const choice = line === null ? null : readId(field(event, "choice"), ids(line.options));
  if (line === null || choice === null) return null;
  return { ...state, filled: [...state.filled.filter(([id]) => id !== line.id), [line.id, choice]] };
}

/** @param {CasefileActivity} activity
 * @param {CasefileState} state
 * @returns {CasefileState} */
function keep({ papers }, state) {
  const kept = state.kept + 1;
  return kept < papers.length ? { ...state, phase: "fill", kept } : { ...state, phase: "ended", kept, finished: true };
}

/** @type {Rules<CasefileActivity, CasefileState>} */
export const rules = {
  start: () => ({ phase: "fill", kept: 0, filled: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    const { phase } = state;
    if (field(event, "turn") !== state.turn) return null;
    if (phase === "skipped" || type === "skip") return skip(state, "fill", type, field(event, "value"));
    if (type === "restart" && state.filled.length > 0) return { ...state, phase: "fill", kept: 0, filled: [] };
    if (phase === "fill" && type === "choose") return choose(activity, state, event);
    if (phase === "fill" && type === "check" && complete(activity, state)) return { ...state, phase: "checked" };
    if (phase === "checked" && type === "retry") return { ...state, phase: "fill" };
    if (phase === "checked" && type === "continue" && !harmful(activity, state)) return keep(activity, state);
    return null;
  },

  score: (_activity, state) => [state.finished ? 1 : 0, 1],
};

/** @type {Record<string, string[]>} */
const MOVES = { fill: ["choose", "check", "skip"], skipped: ["answer", "unskip"], ended: ["restart"] };

/** @type {Drawing<CasefileActivity, CasefileState, Shown>} */
export const drawing = {
  titled: true,

  view(activity, state) {
    const { phase, seed, kept, filled, value } = state;
    const safe = phase === "checked" && !harmful(activity, state);
    const can = phase === "checked" ? ["retry", ...(safe ? ["continue"] : [])] : MOVES[phase];
    return { seed, kept, filled, value, safe, can };
  },

  draw(activity, view, act, say) {
    if (view.phase === "skipped") return instead(activity, view.value, WORDS, act, say);
    if (!view.begun) return [contentNote(activity, WORDS, act, say)];
    if (view.phase === "ended") return ended(activity, view, act, say);
    const paper = activity.papers[view.kept];
    const n = { n: view.kept + 1, total: activity.papers.length };
    const title = headline(`${fill(say("file-paper"), n)}: ${paper.title}`);
    const body = view.phase === "checked" ? checked(paper, view, act, say) : filling(activity, paper, view, act, say);
    return [title, ...paragraphs(paper.text), ...body, soFar(activity, view, say), whereAmI(activity, say)];
  },
};

/** A paper with its lines open.
 * @param {CasefileActivity} activity
 * @param {Paper} paper
 * @param {Shown} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function filling(activity, paper, { seed, filled }, act, say) {
  const id = `himaya-warning-${activity.id}`;
  const warning = element("p", { class: "himaya-warning", role: "alert", id });
  const lines = paper.rows.map((line) => {
    const picked = filled.find(([name]) => name === line.id)?.[1];
    const options = shuffled(line.options, seed).map((option) => {
      const about = { type: "radio", name: `${activity.id}-${line.id}`, value: option.id, checked: option.id === picked };
      const onchange = () => act("choose", { at: line.id, choice: option.id });
      const input = element("input", { ...about, onchange, "data-key": `pick-${line.id}.${option.id}` });
      return element("label", { class: "himaya-option" }, input, element("span", {}, option.text));
    });
    return element("fieldset", { "aria-describedby": id }, element("legend", {}, line.label), ...options);
  });
  const check = () => {
    const open = paper.rows.find((line) => !filled.some(([name]) => name === line.id));
    if (open === undefined) return act("check", {}, "feedback");
    warning.textContent = `${say("file-fill-first")} ${open.label}`;
  };
  const press = button("check", say("file-check"), check, { class: "himaya-main", "aria-describedby": id });
  return [...lines, warning, element("div", { class: "himaya-buttons" }, press, skipButton(WORDS, act, say))];
}

/** A paper with the reason of each line, and whether it may go into the file.
 * @param {Paper} paper
 * @param {Shown} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function checked(paper, { filled, safe }, act, say) {
  const verdict = element(
    "div",
    { class: `himaya-feedback himaya-${safe ? "good" : "bad"}`, tabindex: "-1", "data-key": "feedback" },
    element("p", {}, element("strong", {}, say(safe ? "file-safe" : "file-unsafe"))),
  );
  const lines = chosen(paper, filled).map(([{ label }, { text, quality, rationale }]) =>
    element(
      "div",
      { class: "himaya-explained" },
      element("p", {}, element("strong", {}, `${label}: `), text),
      element("p", { class: `himaya-quality himaya-${quality}` }, verdictWords(quality, say)),
      element("p", {}, rationale),
    ),
  );
  const change = button("retry", say("file-change"), () => act("retry", {}, "heading"), safe ? {} : { class: "himaya-main" });
  const keepIt = () => act("continue", {}, "heading");
  const buttons = safe ? [button("continue", say("file-keep"), keepIt, { class: "himaya-main" }), change] : [change];
  return [verdict, ...lines, element("div", { class: "himaya-buttons" }, ...buttons)];
}

/** The papers that are in the file.
 * @param {CasefileActivity} activity
 * @param {Shown} view */
const papersOf = ({ papers }, { kept, filled }) =>
  papers.slice(0, kept).map((paper) => {
    const lines = chosen(paper, filled).map(([{ label }, { text }]) => element("li", {}, element("strong", {}, `${label}: `), text));
    return labelled(paper.title, element("ul", {}, ...lines));
  });

/** @param {CasefileActivity} activity
 * @param {Shown} view
 * @param {Say} say */
function soFar(activity, view, say) {
  if (view.kept === 0) return null;
  const summary = element("summary", { "data-key": "file" }, say("file-so-far"));
  return element("details", { class: "himaya-casefile" }, summary, ...papersOf(activity, view), printing(activity, view, say));
}

/** @param {CasefileActivity} activity
 * @param {Shown} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
const ended = (activity, view, act, say) => [
  headline(say("file-whole")),
  element("p", {}, say("file-done")),
  element("div", { class: "himaya-casefile" }, ...papersOf(activity, view), printing(activity, view, say)),
  labelled(say("lab-debrief"), ...activity.debrief.flatMap(paragraphs)),
  sources(say, activity.source, activity.language),
  element(
    "div",
    { class: "himaya-buttons" },
    button("restart", say("restart"), () => act("restart", {}, "heading")),
  ),
];

/** A button that prints the file alone: a sheet beside everything else, which is left out until it is printed.
 * @param {CasefileActivity} activity
 * @param {Shown} view
 * @param {Say} say */
function printing(activity, view, say) {
  const print = (/** @type {Event} */ { target }) => {
    const section = target instanceof Element ? target.closest("section") : null;
    const sheet = element(
      "div",
      { class: "himaya himaya-sheet", lang: activity.language, dir: section?.dir ?? "" },
      element("h3", {}, activity.title),
      element("p", {}, say("file-invented")),
      ...papersOf(activity, view),
    );
    for (const earlier of document.querySelectorAll("body > .himaya-sheet")) earlier.remove(); // some phones say nothing after printing
    document.body.append(sheet);
    globalThis.addEventListener("afterprint", () => sheet.remove(), { once: true });
    globalThis.print();
  };
  return element("div", { class: "himaya-buttons" }, button("print", say("file-print"), print));
}
