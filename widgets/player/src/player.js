/* The player: draws one activity, steps it in the page at once, and says in words whether it is saved. */

import { duration, element } from "./elements.js";
import { directionOf, separatorOf } from "./language_facts.js";
import { kindOf } from "./fold.js";
import { openSession } from "./session.js";

/** @import { Activity, Draw, Drawn, Host, Say, Session, Strings, View } from "./types.js" */

/** The section of an activity: read by the hand-in box, by a change of language and by tests.
 * @typedef {HTMLElement & { himaya?: Drawn }} Section */

// Where the focus goes when what had it is gone: it must never fall out of the activity.
const LANDINGS = [
  '[data-key="heading"], [data-key="feedback"]',
  "input:enabled, select:enabled, textarea:enabled",
  "button, summary",
];

// Which sentence says it: a key that stands nowhere in the built script would be left out of a page.
const MODES = /** @type {const} */ ({ practice: "practice", graded: "graded", pretest: "pretest" });
const NOTES = /** @type {const} */ ({ practice: "practice-note", graded: "graded-note", pretest: "pretest-note" });

/** Says sentences of the catalogue; of one that is not there the key, so that somebody reports it.
 * @param {Strings} strings
 * @returns {Say} */
export const sayOf = (strings) => /** @type {Say} */ ((/** @type {keyof Strings} */ key) => strings[key] ?? key);

/** Draw an activity inside `root` and keep it drawn. Returns a function that lets go of everything.
 * @param {HTMLElement} root
 * @param {Activity} given
 * @param {{ host: Host, strings: Strings, direction?: string, draw?: Draw }} about
 *   `draw`: what draws it instead of its kind. */
export function play(root, given, { host, strings, direction, draw: drawOther }) {
  let activity = given;
  let say = sayOf(strings);
  const session = openSession(activity, host);
  const body = element("div", { class: "himaya-body" });
  const status = element("p", { class: "himaya-status", role: "status" });
  const section = element(
    "section",
    {
      class: "himaya",
      lang: activity.language,
      dir: direction ?? directionOf(activity.language),
      "data-activity": activity.id,
      "data-kind": activity.kind,
    },
    heading(activity, say),
    body,
    status,
    element("p", { class: "himaya-announce", "aria-live": "polite" }),
  );
  /** @type {View | null} */
  let drawn = null;
  /** The key of what gets the focus when the body is next drawn anew.
   * @type {string | null} */
  let wanted = null;

  /** @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {string | null} focus */
  function act(type, fields, focus = null) {
    wanted = focus;
    session.record(type, fields);
    draw();
    wanted = null;
  }

  act.view = session.view;
  act.events = session.events;
  /** @param {boolean} on */
  act.typing = (on) => {
    session.typing(on);
    sayStatus(status, session, say);
  };

  function draw() {
    const view = session.view();
    // Of the view alone: a body drawn anew for another reason would take the button from under somebody's finger.
    if (JSON.stringify(view) !== JSON.stringify(drawn)) {
      if (drawn === null || !updateInPlace(body, activity, drawn, view, say)) redraw(view);
      drawn = view;
    }
    sayStatus(status, session, say);
    section.dispatchEvent(new CustomEvent("himaya-status", { bubbles: true, composed: true }));
  }

  /** @param {View} view */
  function redraw(view) {
    const at = document.activeElement;
    const active = at instanceof HTMLElement && body.contains(at) ? at.dataset.key : undefined;
    const parts = drawOther ?? kindOf(activity).drawing.draw;
    const changed = view.changed ? element("p", { class: "himaya-changed" }, say("changed")) : null;
    body.replaceChildren(...[changed, ...parts(activity, view, act, say)].filter((part) => part !== null));
    const key = wanted ?? active;
    if (key === undefined) return;
    const places = [`[data-key="${CSS.escape(key)}"]:not(:disabled)`, ...LANDINGS];
    const found = places.map((place) => body.querySelector(place)).find((one) => one !== null);
    if (!(found instanceof HTMLElement)) return;
    found.focus();
    // A new scene is read from its heading on: all of it where it fits, or else from the top of the screen.
    if (key === "heading") body.scrollIntoView({ block: "nearest" });
  }

  const stop = session.listen(() => draw());
  const leave = () => {
    for (const field of body.querySelectorAll("[data-live]")) field.dispatchEvent(new Event("himaya-leave"));
  };
  globalThis.addEventListener("pagehide", leave);
  draw();
  root.append(section);

  /** Go on in another language: the same ids, so the same state.
   * @param {Activity} translated
   * @param {Strings} sentences */
  function speak(translated, sentences) {
    leave();
    activity = translated;
    say = sayOf(sentences);
    session.use(activity);
    section.lang = activity.language;
    section.dir = directionOf(activity.language);
    section.querySelector("header")?.replaceWith(heading(activity, say));
    drawn = null;
    draw();
  }

  // What this page may truthfully say of the activity, and what it shows.
  const { view, events } = session;
  /** @type {Section} */ (section).himaya = { status: session.status, view, events, speak };

  return () => {
    leave();
    globalThis.removeEventListener("pagehide", leave);
    stop();
    session.close();
    section.remove();
  };
}

/** @param {Activity} activity
 * @param {Say} say */
function heading(activity, say) {
  const { mode } = activity;
  const { titled } = kindOf(activity).drawing;
  const facts = [say(MODES[mode]), ..."minutes" in activity ? [duration(activity.minutes, say)] : []];
  // A middle dot beside Arabic digits would be read as their zero.
  const line = facts.join(separatorOf(activity.language));
  const note = titled && mode !== "practice" ? line : `${line}. ${say(NOTES[mode])}`;
  const title = "title" in activity ? element("h3", {}, activity.title) : null;
  const safety = "safety_critical" in activity && activity.safety_critical ? element("p", { class: "himaya-safety" }, say("safety-mark")) : null;
  return element("header", {}, title, element("p", { class: "himaya-facts" }, note), safety);
}

/** @param {HTMLElement} region
 * @param {Session} session
 * @param {Say} say */
function sayStatus(region, session, say) {
  const status = session.status();
  const problem = session.problem();
  const help = problem === null ? (session.stalled() ? say("unsaved-help") : "") : say(problem);
  const text = [status === "" ? "" : say(status), help].filter((part) => part !== "").join(". ");
  if (region.textContent !== text) region.textContent = text;
  region.dataset.status = status;
}

/** Fields that somebody may be typing in are never replaced: their value and the sentence below are brought up to
 * date in place. Returns whether that sufficed.
 * @param {HTMLElement} body
 * @param {Activity} activity
 * @param {View} drawn
 * @param {View} view
 * @param {Say} say */
function updateInPlace(body, activity, drawn, view, say) {
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (body.querySelector("[data-live]"));
  if (field === null || shape(drawn) !== shape(view)) return false;
  if (field !== document.activeElement && typeof view.value === "string") field.value = view.value;
  kindOf(activity).drawing.update?.(body, view, say);
  return true;
}

/** What of a view decides how the body looks.
 * @param {View} view */
function shape({ value, answered, readable, turn, finished, begun, ...rest }) {
  return JSON.stringify(rest);
}
