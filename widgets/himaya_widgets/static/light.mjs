/* The session of a page that holds one practice scenario. The browser's storage alone keeps where somebody is: whoever
   loses the last seconds of a practice plays them again. Same shape as session.mjs. */

import { replay, step, view } from "./engine.mjs";
import { randomId } from "./outbox.mjs";

export function openSession(activity, { owner, seed }) {
  const key = `himaya:${owner}:${activity.id}`;
  let redraw = () => {};
  let kept = true;
  let events;
  let state;

  function take(rows) {
    state = replay(activity, rows, seed);
    events = rows;
  }

  function load() {
    try {
      take(JSON.parse(localStorage.getItem(key) ?? "[]").filter((row) => row?.activity === activity.id));
    } catch {
      take([]); // forbidden storage, or something else under our name
    }
    redraw();
  }

  function append(type, fields) {
    const common = { id: randomId(), activity: activity.id, type, turn: state.turn };
    const event = { ...common, ...fields, time: new Date().toISOString(), seq: events.length };
    const after = step(activity, state, event);
    if (after.ignored > state.ignored) return;
    state = after;
    events = [...events, event];
    try {
      localStorage.setItem(key, JSON.stringify(events));
      kept = true;
    } catch {
      kept = false;
    }
  }

  // Another tab went on: this one shows where. What this one alone knows is not lost to what other pages keep.
  globalThis.addEventListener("storage", (changed) => changed.key === key && load());
  load();

  return {
    view: () => view(activity, state),
    events: () => events,
    record(type, fields = {}) {
      if (kept) load(); // a tab that slept has not heard of another
      if (state.content === null) append("begin", { content: activity.hash });
      if (type !== "begin") append(type, fields);
    },
    status: () => (events.length === 0 ? "" : kept ? "kept-here" : "not-kept"),
    listen(listener) {
      redraw = listener;
    },
  };
}
