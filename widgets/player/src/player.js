/* The player: draws one activity, steps it in the page at once, and says in words whether it is saved. */

import { element, fill } from "./elements.js";
import { directionOf, separatorOf } from "./facts.js";
import { openSession } from "./session.js";

// Where the focus goes when what had it is gone: it must never fall out of the activity.
const LANDINGS = [
  '[data-key="heading"], [data-key="feedback"]',
  "input:enabled, select:enabled, textarea:enabled",
  "button, summary",
];

/** Draw an activity inside `root` with `parts`, which makes what it shows, and keep it drawn. Returns a function that lets go
    of everything. */
export function play(root, given, host, parts) {
  let activity = given;
  let strings = host.strings;
  const say = (key) => strings[key] ?? key;
  const session = openSession(activity, host);
  const body = element("div", { class: "himaya-body" });
  const status = element("p", { class: "himaya-status", role: "status" });
  const section = element(
    "section",
    {
      class: "himaya",
      lang: activity.language,
      dir: host.direction ?? directionOf(activity.language),
      "data-activity": activity.id,
      "data-kind": activity.kind,
    },
    heading(activity, say),
    body,
    status,
    element("p", { class: "himaya-announce", "aria-live": "polite" }),
  );
  let drawn = null;
  let wanted = null; // the key of what gets the focus when the body is next drawn anew

  function act(type, fields, focus = null) {
    wanted = focus;
    session.record(type, fields);
    draw();
    wanted = null;
  }

  act.view = session.view;
  act.events = session.events;
  act.typing = (on) => {
    session.typing(on);
    sayStatus(status, session, say);
  };

  function draw() {
    const view = session.view();
    // Of the view alone: a body drawn anew for another reason would take the button from under somebody's finger.
    const text = JSON.stringify([view]);
    if (text !== drawn) {
      if (!updateInPlace(body, view, drawn, say)) redraw(view);
      drawn = text;
    }
    sayStatus(status, session, say);
    section.dispatchEvent(new CustomEvent("himaya-status", { bubbles: true, composed: true }));
  }

  function redraw(view) {
    const active = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const changed = view.changed ? element("p", { class: "himaya-changed" }, say("changed")) : null;
    body.replaceChildren(...[changed, ...parts(activity, view, act, say)].filter((part) => part !== null));
    const key = wanted ?? active;
    if (key === null || key === undefined) return;
    const places = [`[data-key="${CSS.escape(key)}"]:not(:disabled)`, ...LANDINGS];
    places.map((place) => body.querySelector(place)).find((found) => found !== null)?.focus();
  }

  const stop = session.listen(() => draw());
  const leave = () => {
    for (const field of body.querySelectorAll("[data-live]")) field.dispatchEvent(new Event("himaya-leave"));
  };
  globalThis.addEventListener("pagehide", leave);
  draw();
  root.append(section);
  // Read by the hand-in box and by tests: what this page may truthfully say of the activity, and what it shows.
  section.himaya = { status: session.status, view: session.view, events: session.events };

  /** Go on in another language: the same ids, so the same state. */
  function speak(translated, sentences) {
    leave();
    activity = translated;
    strings = sentences;
    session.use(activity);
    section.lang = activity.language;
    section.dir = directionOf(activity.language);
    section.querySelector("header").replaceWith(heading(activity, say));
    drawn = null;
    draw();
  }
  section.himaya.speak = speak;

  return () => {
    leave();
    globalThis.removeEventListener("pagehide", leave);
    stop();
    session.close();
    section.remove();
  };
}

function heading(activity, say) {
  const whole = ["scenario", "lab"].includes(activity.kind);
  const kind = whole ? [fill(say("minutes"), { n: activity.minutes })] : [];
  // A middle dot beside Arabic digits would be read as their zero.
  const facts = [say(activity.mode), ...kind].join(separatorOf(activity.language));
  const title = activity.title === undefined ? null : element("h3", {}, activity.title);
  let note = facts;
  if (activity.mode !== "practice" && !whole) note = `${facts}. ${say(`${activity.mode}-note`)}`;
  return element("header", {}, title, element("p", { class: "himaya-facts" }, note));
}

function sayStatus(region, session, say) {
  const status = session.status();
  let text = status === "" ? "" : say(status);
  const problem = session.problem();
  const help = problem === null ? (session.stalled() ? say("unsaved-help") : "") : say(problem);
  text = [text, help].filter((part) => part !== "").join(". ");
  if (region.textContent !== text) region.textContent = text;
  region.dataset.status = status;
}

/** Fields that somebody may be typing in are never replaced: their value and the sentence below are brought up to
    date in place. Returns whether that sufficed. */
function updateInPlace(body, view, drawn, say) {
  const field = body.querySelector("[data-live]");
  if (drawn === null || field === null || shape(drawn) !== shape(JSON.stringify([view]))) return false;
  if (field !== document.activeElement && view.value !== null) field.value = view.value;
  if (view.kind === "number") {
    body.querySelector('[data-part="help"]').textContent = say(view.readable ? "number-help" : "number-unreadable");
    field.setAttribute("aria-invalid", String(!view.readable));
  }
  return true;
}

function shape(drawn) {
  const { value, answered, readable, turn, finished, begun, ...rest } = JSON.parse(drawn)[0];
  return JSON.stringify(rest);
}
