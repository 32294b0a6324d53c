/* From a click to the disk: keeps what is not yet acknowledged, sends it again, and never claims more than it knows.
   It draws nothing. */

import { replay, step, view } from "./fold.js";
import { openOutbox, randomId } from "./outbox.js";

/** @import { Activity, Answer, Host, PlainKey, Recorded, Session } from "./types.js" */

const ANSWER_TIMEOUT = 3000;
const LONGEST_WAIT = 15000;
const LARGEST_EVENT = 90000; // bytes; the journal takes 100,000
const LARGEST_PUT = 1000000; // letters; a server ends the connection over a message of some megabytes

/** As many events as fit into one message, at least one; the others follow when these are acknowledged.
 * @param {Recorded[]} events */
function firstOf(events) {
  let size = 0;
  return events.filter((event, at) => {
    size += JSON.stringify(event).length;
    return at === 0 || size <= LARGEST_PUT;
  });
}

/** @param {Activity} given
 * @param {Host} host
 * @returns {Session} */
export function openSession(given, host) {
  let activity = given;
  const outbox = openOutbox(host.owner, activity.id);
  /** @type {Set<() => void>} */
  const listeners = new Set();
  let known = host.rows;
  let waiting = outbox.load();
  /** @type {PlainKey | null} */
  let problem = null;
  let attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let closed = false;
  let typing = false; // something is typed that is no event yet
  let tooLarge = false; // the last thing the trainee did cannot be kept as it is
  let state = fold();

  function fold() {
    const written = new Set(known.map((row) => row.id));
    return replay(activity, [...known, ...waiting.filter((event) => !written.has(event.id))], host.seed);
  }

  function changed() {
    for (const listener of listeners) listener();
  }

  function send() {
    clearTimeout(timer);
    if (closed) return;
    const wait = Math.min(LONGEST_WAIT, ANSWER_TIMEOUT * 1.5 ** attempts);
    attempts += 1;
    if (attempts === 2) changed(); // it takes long: time to say what becomes of the answer
    if (waiting.length > 0) timer = setTimeout(send, wait);
    try {
      host.put({ from: known.length, events: firstOf(waiting) });
    } catch {
      // A dead comm throws: the timer sends again, and a new kernel's session reads the outbox.
    }
  }

  /** @param {Answer} answer */
  function receive({ from = 0, rows, problem: why, refused = [] }) {
    if (closed || (why ?? rows) === undefined) return;
    for (const { id } of waiting) if (refused.includes(id)) outbox.putAside(id);
    waiting = waiting.filter((event) => !outbox.refused.has(event.id));
    if (why !== undefined || rows === undefined) {
      problem = why ?? null;
      changed();
      return; // the timer keeps trying
    }
    if (from > known.length) {
      known = [];
      send();
      return;
    }
    clearTimeout(timer);
    attempts = 0;
    problem = null;
    known = [...known.slice(0, from), ...rows];
    host.remember(known);
    const written = new Set(known.map((row) => row.id));
    for (const event of waiting) if (written.has(event.id)) outbox.drop(event);
    waiting = waiting.filter((event) => !written.has(event.id));
    state = fold();
    if (waiting.length > 0) send();
    changed();
  }

  /** The link is back, or this tab is: send what waits, and learn what another tab wrote meanwhile. */
  function wake() {
    attempts = 0;
    if (waiting.length > 0 || known.length > 0) send();
  }

  /** @param {string} type
   * @param {Record<string, unknown>} fields */
  function append(type, fields) {
    const seq = known.length + waiting.length;
    const common = { id: randomId(), activity: activity.id, type, turn: state.turn };
    /** @type {Recorded} */
    const event = { ...common, ...fields, time: new Date().toISOString(), seq };
    const after = step(activity, state, event);
    if (after.ignored > state.ignored) return;
    // One event that the journal refuses would keep back all that follow it.
    tooLarge = new TextEncoder().encode(JSON.stringify(event)).length > LARGEST_EVENT;
    if (tooLarge) return;
    state = after;
    waiting = [...waiting, event];
    outbox.keep(event);
  }

  const stop = host.listen(receive);
  globalThis.addEventListener?.("online", wake);
  globalThis.document?.addEventListener("visibilitychange", wake);
  if (waiting.length > 0 || host.behind) send();

  return {
    view: () => view(activity, state),
    /** Everything recorded so far, oldest first. */
    events: () => [...known, ...waiting],
    /** Record one thing the trainee did. The screen may be drawn at once; the disk follows. */
    record(type, fields = {}) {
      if (state.content === null) append("begin", { content: activity.hash, language: activity.language });
      if (type !== "begin") append(type, fields);
      attempts = 0;
      send();
      changed();
    },
    /** What may be said truthfully: "" (nothing recorded), "saved" or "not-saved"; where nothing is
        handed in, "kept-here" or "not-kept". */
    status() {
      if (!host.keeps) return known.length + waiting.length === 0 ? "" : host.kept?.() ? "kept-here" : "not-kept";
      if (waiting.length > 0 || tooLarge || typing) return "not-saved";
      return known.length > 0 ? "saved" : "";
    },
    problem: () =>
      (tooLarge ? "event-too-large" : null) ??
      problem ??
      (outbox.works.storage || waiting.length === 0 ? null : "storage-full") ??
      (outbox.refused.size > 0 ? "event-refused" : null),
    stalled: () => waiting.length > 0 && attempts > 1,
    /** Go on with the same activity in another language. */
    use(translated) {
      activity = translated;
      state = fold();
    },
    typing(on) {
      typing = on;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      stop();
      globalThis.removeEventListener?.("online", wake);
      globalThis.document?.removeEventListener("visibilitychange", wake);
    },
  };
}
