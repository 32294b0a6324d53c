/* Interview: a conversation. Say something, hear the answer; what is told depends on trust and on what was said. */

import { button, element, fill, labelled, paragraphs } from "../elements.js";
import { byId, field, known } from "../events.js";
import { faceInWords, portrait } from "../portrait.js";
import { verdictWords } from "./scenario.js";
import { contentNote, headline, instead, skip, skipButton, whereAmI } from "./simulations.js";

/** @import { Act, BaseView, Behaviour, Drawing, Face, InterviewActivity, InterviewEnding, InterviewState, Parts, Quality, Rules, Say,
 *   When } from "../types.js" */
/** @import { Words } from "./simulations.js" */
/** @typedef {InterviewActivity["moves"][number]} Move */
/** @typedef {Move["replies"][number]} Reply */
/** @typedef {{ stage: string, trust: number, strain: number, marks: string[], ended: "" | "closed" | "left" }} Standing */
/** @typedef {{ move: string, text: string, says: string, quality?: Quality, shows?: string[] }} Line */
/** @typedef {{ ending: string, friend: string[], learned: string[], missed: string[], needless: string[], agreed: string[],
 *   unplanned: string[], behaviours: (Behaviour & { lines: number[] })[], lines: Line[], better: Line[] }} Debrief */
/** @typedef {{ id: string, group: string, text: string }} ShownMove */
/** @typedef {{ can: string[], lines: Line[], stage: string, known: string[], agreed: string[] }} Common */
/** @typedef {Common & { phase: "talk", face: Face, moves: ShownMove[], last: string | null }} Talking */
/** @typedef {Common & { phase: "skipped", value: string }} Skipped */
/** @typedef {Common & { phase: "ended", left: boolean, ending: InterviewEnding, told: Debrief | null }} Ended */
/** @typedef {Talking | Skipped | Ended} InterviewView */

/** @satisfies {Words} */
const WORDS = { skip: "talk-skip", skipped: "talk-skipped", unskip: "talk-unskip" };

/** @param {InterviewActivity} activity */
const teaches = ({ mode }) => mode === "practice";

/** @param {When} when
 * @param {Standing} stands */
const holds = (when, { trust, strain, marks }) =>
  when.trust[0] <= trust &&
  trust <= when.trust[1] &&
  when.strain[0] <= strain &&
  strain <= when.strain[1] &&
  when.has.every((name) => marks.includes(name)) &&
  (when.any.length === 0 || when.any.some((name) => marks.includes(name))) &&
  !when.lacks.some((name) => marks.includes(name));

/** Where a conversation stands after a reply: who has no trust left, or has had too much, leaves.
 * @param {InterviewActivity} activity
 * @param {Standing} stands
 * @param {Reply} reply
 * @returns {Standing} */
function after(activity, stands, reply) {
  const trust = Math.min(activity.trust.max, Math.max(0, stands.trust + reply.trust));
  const strain = Math.min(activity.strain.max, Math.max(0, stands.strain + reply.strain));
  const marks = [...stands.marks];
  for (const name of [...reply.tells, ...reply.sets]) if (!marks.includes(name)) marks.push(name);
  const left = trust === 0 || strain === activity.strain.max;
  return {
    stage: reply.stage === "" ? stands.stage : reply.stage,
    trust,
    strain,
    marks: marks.filter((name) => !reply.clears.includes(name)),
    ended: reply.ends ? "closed" : left ? "left" : "",
  };
}

/** @param {InterviewActivity} activity
 * @param {string[]} said
 * @returns {Reply} */
const replyTo = ({ moves }, [move, reply]) => known(known(moves, move).replies, reply);

/** @param {InterviewActivity} activity
 * @param {string[][]} path
 * @returns {Standing} */
function standing(activity, path) {
  const { stages, trust, strain } = activity;
  /** @type {Standing} */
  let stands = { stage: stages[0].id, trust: trust.start, strain: strain.start, marks: [], ended: "" };
  for (const said of path) stands = after(activity, stands, replyTo(activity, said));
  return stands;
}

/** What can be said after a path, each with the answer that it gets; nobody gives the same answer to a move twice.
 * @param {InterviewActivity} activity
 * @param {string[][]} path
 * @returns {[Move, Reply][]} */
export function openMoves(activity, path) {
  const stands = standing(activity, path);
  /** @type {[Move, Reply][]} */
  const found = [];
  for (const move of activity.moves) {
    if ((move.stages.length > 0 && !move.stages.includes(stands.stage)) || !holds(move.available, stands)) continue;
    const reply = move.replies.find(({ when }) => holds(when, stands));
    if (reply === undefined || path.some(([said, heard]) => said === move.id && heard === reply.id)) continue;
    found.push([move, reply]);
  }
  return found;
}

/** @param {InterviewActivity} activity */
const mostPoints = ({ facts, agreements }) =>
  Math.max(1, [...facts, ...agreements].filter(({ need }) => need === "must").length);

/** Where a conversation stands for who looks back: behaviours and how it ended are marks, too.
 * @param {InterviewActivity} activity
 * @param {string[][]} path
 * @returns {Standing} */
function seen(activity, path) {
  const stands = standing(activity, path);
  const marks = [...stands.marks];
  for (const said of path) {
    for (const name of replyTo(activity, said).shows ?? []) if (!marks.includes(name)) marks.push(name);
  }
  if (stands.ended !== "") marks.push(stands.ended);
  return { ...stands, marks };
}

/** @param {InterviewActivity} activity
 * @param {Standing} stands */
const endingOf = ({ endings }, stands) => endings.find(({ when }) => holds(when, stands)) ?? endings[endings.length - 1];

/** @param {InterviewActivity} activity
 * @param {string[][]} path
 * @returns {Line[]} */
const linesOf = (activity, path) =>
  path.map((said) => {
    const { says, quality, shows } = replyTo(activity, said);
    /** @type {Line} */
    const line = { move: said[0], text: known(activity.moves, said[0]).text, says };
    if (quality !== undefined) line.quality = quality;
    if (shows !== undefined) line.shows = shows;
    return line;
  });

/** The path that moves lead to; one that is not open is passed over.
 * @param {InterviewActivity} activity
 * @param {string[]} moves */
function spoken(activity, moves) {
  /** @type {string[][]} */
  const path = [];
  for (const name of moves) {
    const open = openMoves(activity, path).find(([move]) => move.id === name);
    if (open !== undefined) path.push([open[0].id, open[1].id]);
    if (path.length > 0 && standing(activity, path).ended !== "") break;
  }
  return path;
}

/** What is told after a conversation; needs the key.
 * @param {InterviewActivity} activity
 * @param {string[][]} path
 * @returns {Debrief} */
function debriefTalk(activity, path) {
  const stands = seen(activity, path);
  const { marks } = stands;
  const facts = activity.facts.filter(({ id }) => marks.includes(id));
  const asked = path.flatMap((said) => {
    const { quality, tells } = replyTo(activity, said);
    return quality === "best" ? [] : tells;
  });
  const agreed = activity.agreements.filter(({ id }) => marks.includes(id)).map(({ id }) => id);
  return {
    ending: endingOf(activity, stands).id,
    friend: activity.friend.filter(({ when }) => holds(when, stands)).map(({ text }) => text),
    learned: facts.map(({ id }) => id),
    missed: activity.facts.filter(({ id, need }) => need === "must" && !marks.includes(id)).map(({ id }) => id),
    needless: facts.filter(({ id, need }) => need === "private" && asked.includes(id)).map(({ id }) => id),
    agreed,
    unplanned: facts
      .filter(({ planned = [] }) => planned.length > 0 && !planned.some((name) => agreed.includes(name)))
      .map(({ id }) => id),
    behaviours: activity.behaviours.flatMap((one) => {
      const at = path.flatMap((said, place) => ((replyTo(activity, said).shows ?? []).includes(one.id) ? [place] : []));
      return at.length === 0 ? [] : [{ id: one.id, level: one.level, text: one.text, lines: at }];
    }),
    lines: linesOf(activity, path),
    better: linesOf(activity, spoken(activity, activity.example)),
  };
}

/** @type {Rules<InterviewActivity, InterviewState>} */
export const rules = {
  start: () => ({ phase: "talk", path: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    const value = field(event, "value");
    if (field(event, "turn") !== state.turn) return null;
    if (type === "choose") {
      if (state.phase !== "talk") return null;
      const open = openMoves(activity, state.path).find(([move]) => move.id === field(event, "choice"));
      if (open === undefined) return null;
      const path = [...state.path, [open[0].id, open[1].id]];
      const over = standing(activity, path).ended !== "" || openMoves(activity, path).length === 0;
      return over ? { ...state, path, phase: "ended", finished: true } : { ...state, path };
    }
    if (type === "skip" || type === "answer" || type === "unskip") return skip(state, "talk", type, value);
    if (!teaches(activity) || state.phase === "skipped" || state.path.length === 0) return null;
    if (type === "restart") return { ...state, phase: "talk", path: [] };
    if (type === "back" && state.path.some((_, place) => place === value)) {
      return { ...state, phase: "talk", path: state.path.slice(0, Number(value)) };
    }
    return null;
  },

  score(activity, state) {
    const most = mostPoints(activity);
    if (state.phase !== "ended") return [0, most];
    const { learned, agreed, needless, lines } = debriefTalk(activity, state.path);
    const entries = [...activity.facts, ...activity.agreements];
    const needed = [...learned, ...agreed].filter((name) => byId(entries, name)?.need === "must");
    const harmful = lines.filter(({ quality }) => quality === "harmful");
    return [Math.max(0, needed.length - harmful.length - needless.length), most];
  },

  debrief: (activity, state) => debriefTalk(activity, state.path),
};

/** Groups of moves in the order of a conversation, and which sentence names them. The last three are always at hand.
 * @type {[string, "talk-welcome" | "talk-explain" | "talk-listen" | "talk-safety" | "talk-consent" | "talk-plan"][]} */
const GROUPS = [
  ["welcome", "talk-welcome"],
  ["explain", "talk-explain"],
  ["listen", "talk-listen"],
  ["safety", "talk-safety"],
  ["consent", "talk-consent"],
  ["plan", "talk-plan"],
];
const AT_HAND = ["silence", "colleague", "close"];
const SHOWN_LINES = 2;

/** What a face shows of trust, in practice; when it counts, a face tells nothing.
 * @param {InterviewActivity} activity
 * @param {Standing} stands
 * @returns {Face} */
function faceOf(activity, { trust }) {
  if (!teaches(activity) || trust === activity.trust.start) return "listening";
  return trust < activity.trust.start ? "guarded" : "open";
}

/** @param {InterviewActivity} activity
 * @param {InterviewState} state
 * @returns {InterviewView} */
function view(activity, state) {
  const { path } = state;
  const stands = seen(activity, path);
  /** @param {{ id: string, text: string }[]} entries */
  const held = (entries) => entries.filter(({ id }) => stands.marks.includes(id)).map(({ text }) => text);
  const common = {
    lines: linesOf(activity, path),
    stage: known(activity.stages, stands.stage).text,
    known: held(activity.facts),
    agreed: held(activity.agreements),
  };
  if (state.phase === "skipped") return { ...common, phase: "skipped", value: state.value, can: ["answer", "unskip"] };
  if (state.phase === "ended") {
    return {
      ...common,
      phase: "ended",
      left: stands.ended === "left",
      ending: endingOf(activity, stands),
      told: teaches(activity) ? debriefTalk(activity, path) : null,
      can: teaches(activity) ? ["back", "restart"] : [],
    };
  }
  const moves = openMoves(activity, path).map(([{ id, group, text }]) => ({ id, group, text }));
  const last = path.length === 0 ? null : known(activity.moves, path[path.length - 1][0]).group;
  return { ...common, phase: "talk", face: faceOf(activity, stands), moves, last, can: ["choose", "skip"] };
}

/** @type {Drawing<InterviewActivity, InterviewState, InterviewView>} */
export const drawing = { titled: true, view, draw };

/** @param {InterviewActivity} activity
 * @param {BaseView & InterviewView} view
 * @param {Act} act
 * @param {Say} say
 * @returns {Parts} */
function draw(activity, view, act, say) {
  if (!view.begun) {
    const points = element("p", {}, say(teaches(activity) ? "talk-practice" : "talk-points"));
    return [contentNote(activity, WORDS, act, say, points)];
  }
  if (view.phase === "skipped") return instead(activity, view.value, WORDS, act, say);
  return view.phase === "ended" ? ended(activity, view, act, say) : talk(activity, view, act, say);
}

/** The person, and the face in words.
 * @param {InterviewActivity} activity
 * @param {Face} face
 * @param {Say} say */
function personOf({ person, mode }, face, say) {
  const words = faceInWords(person.name, face, say);
  return element(
    "div",
    { class: "himaya-person" },
    portrait(person, face, words),
    element("div", {}, headline(person.name), mode === "practice" ? element("p", { class: "himaya-help" }, words) : null),
  );
}

/** @param {"you" | "other"} who
 * @param {string} name
 * @param {string} text
 * @param {Record<string, string>} about */
const bubble = (who, name, text, about = {}) =>
  element("div", { class: `himaya-bubble himaya-bubble-${who}`, ...about }, element("b", {}, name), ...paragraphs(text));

/** @param {InterviewActivity} activity
 * @param {Line[]} lines
 * @param {Say} say */
const bubbles = ({ person }, lines, say) =>
  lines.flatMap(({ text, says }) => [bubble("you", say("talk-you"), text), bubble("other", person.name, says)]);

/** The conversation so far: the last lines, and the earlier ones folded away.
 * @param {InterviewActivity} activity
 * @param {Line[]} lines
 * @param {Say} say */
function transcript(activity, lines, say) {
  const opening = bubble("other", activity.person.name, activity.opening);
  const late = Math.max(0, lines.length - SHOWN_LINES);
  const early = late === 0 ? [] : [opening, ...bubbles(activity, lines.slice(0, late), say)];
  const now = [...(late === 0 ? [opening] : []), ...bubbles(activity, lines.slice(late), say)];
  now[now.length - 1].setAttribute("tabindex", "-1");
  now[now.length - 1].dataset.key = "heard";
  const folded =
    early.length === 0
      ? null
      : element("details", {}, element("summary", { "data-key": "earlier" }, say("talk-earlier")), ...early);
  return element("div", { class: "himaya-talk" }, folded, ...now);
}

/** @param {string} label
 * @param {string[]} entries
 * @param {Say} say */
const listed = (label, entries, say) =>
  labelled(
    label,
    entries.length === 0
      ? element("p", { class: "himaya-help" }, say("talk-nothing"))
      : element("ul", {}, ...entries.map((text) => element("li", {}, text))),
  );

/** The moves that are open by what one does with them; the last ones always are at hand and have no name.
 * @param {ShownMove[]} moves */
export const grouped = (moves) => ({
  folded: GROUPS.map(([group, key]) => ({ group, key, moves: moves.filter((move) => move.group === group) })).filter(
    (one) => one.moves.length > 0,
  ),
  hand: AT_HAND.flatMap((group) => moves.filter((move) => move.group === group)),
});

/** The moves in their groups, folded, with the last group open.
 * @param {InterviewActivity} activity
 * @param {Talking} view
 * @param {Say} say
 * @param {(move: ShownMove) => HTMLElement} drawMove */
export function moveGroups(activity, { moves, last }, say, drawMove) {
  const { folded, hand } = grouped(moves);
  const first = folded.find(({ group }) => group === last) ?? folded[0];
  const drawn = folded.map((one) =>
    element(
      "details",
      { name: `himaya-moves-${activity.id}`, open: one.group === first.group, class: "himaya-moves" },
      element("summary", { "data-key": `group-${one.group}` }, say(one.key)),
      ...one.moves.map(drawMove),
    ),
  );
  return { folded: drawn, hand: hand.map(drawMove) };
}

/** @param {InterviewActivity} activity
 * @param {Talking} view
 * @param {Act} act
 * @param {Say} say
 * @returns {HTMLElement[]} */
function moveButtons(activity, view, act, say) {
  const { folded, hand } = moveGroups(activity, view, say, ({ id, text }) =>
    button(`say-${id}`, text, () => act("choose", { choice: id }, "heard"), { class: "himaya-move" }),
  );
  return [...folded, element("div", { class: "himaya-buttons himaya-hand" }, ...hand)];
}

/** @param {InterviewActivity} activity
 * @param {Talking} view
 * @param {Act} act
 * @param {Say} say
 * @param {HTMLElement[]} choosing With what the next move is chosen.
 * @returns {Parts} */
export function talk(activity, view, act, say, choosing = moveButtons(activity, view, act, say)) {
  return [
    personOf(activity, view.face, say),
    element("p", { class: "himaya-stage" }, view.stage),
    transcript(activity, view.lines, say),
    element("h4", {}, say("talk-what-do-you-say")),
    ...choosing,
    element(
      "div",
      { class: "himaya-notes" },
      listed(say("talk-know"), view.known, say),
      listed(say("talk-agreed"), view.agreed, say),
    ),
    whereAmI(activity, say),
    element(
      "details",
      { class: "himaya-pause" },
      element("summary", { "data-key": "pause" }, say("talk-pause")),
      element("p", {}, say("talk-pause-text")),
      element("p", {}, say("talk-own-life")),
      element("div", { class: "himaya-buttons" }, skipButton(WORDS, act, say)),
    ),
  ];
}

/** @param {Line} line
 * @param {Say} say */
const verdict = ({ quality }, say) =>
  quality === undefined ? null : element("p", { class: `himaya-quality himaya-${quality}` }, verdictWords(quality, say));

/** @param {InterviewActivity} activity
 * @param {Ended} view
 * @param {Act} act
 * @param {Say} say
 * @param {{ under: (place: number) => HTMLElement | null, buttons: HTMLElement[] }} room What a room adds to each line, and
 *   to the buttons.
 * @returns {Parts} */
export function ended(activity, view, act, say, room = { under: () => null, buttons: [] }) {
  const { person, leaving } = activity;
  const leaves = view.left ? bubble("other", person.name, leaving) : null;
  const { told } = view;
  if (told === null) {
    return [headline(say("ended")), transcript(activity, view.lines, say), leaves, element("p", {}, say("talk-finished-graded"))];
  }
  /** @param {string[]} names */
  const facts = (names) => names.map((name) => known(activity.facts, name));
  /** @param {string} label
   * @param {{ text: string, why?: string }[]} entries */
  const some = (label, entries) =>
    entries.length === 0
      ? null
      : labelled(
          label,
          element("ul", {}, ...entries.map(({ text, why }) => element("li", {}, why ? `${text} ${say("why")}: ${why}` : text))),
        );
  const spoken = told.lines.map((line, place) =>
    element(
      "li",
      {},
      verdict(line, say),
      ...bubbles(activity, [line], say),
      room.under(place),
      button(`again-${place}`, say("talk-again-from-here"), () => act("back", { value: place }, "heard"), {
        class: "himaya-link",
        "aria-label": `${say("talk-again-from-here")}: ${line.text}`,
      }),
    ),
  );
  const behaviours = told.behaviours.map(({ level, text, lines }) =>
    element(
      "li",
      { class: level === "harmful" ? "himaya-bad" : "himaya-good" },
      `${level === "harmful" ? "!" : "✓"} ${text}`,
      element("span", { class: "himaya-shown" }, `${say("talk-shown-at")}: ${told.lines[lines[0]].text}`),
    ),
  );
  return [
    headline(view.ending.title),
    leaves,
    ...paragraphs(view.ending.text),
    labelled(
      fill(say("talk-friend"), { name: person.name }),
      element("blockquote", { class: "himaya-friend" }, ...told.friend.map((text) => element("p", {}, text))),
    ),
    some(say("talk-unplanned"), facts(told.unplanned)),
    listed(say("talk-know"), view.known, say),
    listed(say("talk-agreed"), view.agreed, say),
    some(say("talk-missed"), facts(told.missed)),
    some(say("talk-needless"), facts(told.needless).map(({ text }) => ({ text }))),
    behaviours.length === 0 ? null : labelled(say("talk-behaviours"), element("ul", {}, ...behaviours)),
    labelled(say("talk-lines"), element("ol", { class: "himaya-debrief" }, ...spoken)),
    element(
      "details",
      {},
      element("summary", { "data-key": "better" }, say("talk-better")),
      ...bubbles(activity, told.better, say),
    ),
    some(say("talk-after"), activity.questions.map((text) => ({ text }))),
    element(
      "div",
      { class: "himaya-buttons" },
      ...room.buttons,
      button("restart", say("restart"), () => act("restart", {}, "heading"), { class: "himaya-main" }),
    ),
  ];
}
