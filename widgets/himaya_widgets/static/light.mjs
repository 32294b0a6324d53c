/* The session of a page that holds one practice scenario. The browser's storage alone keeps where somebody is: whoever
   loses the last seconds of a practice plays them again. Same shape as session.mjs. */

import { replay, step, view } from "./engine.mjs";
import { randomId } from "./outbox.mjs";

export function openSession(activity, { owner, seed }) {
  const key = `himaya:${owner}:${activity.id}`;
  let redraw = () => {};
  let kept = true;
  let events = [];
  let state;

  function load() {
    try {
      events = JSON.parse(localStorage.getItem(key) ?? "[]");
      state = replay(activity, events, seed);
    } catch {
      events = []; // forbidden storage, or something else under our name
      state = replay(activity, events, seed);
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

  globalThis.addEventListener("storage", load); // another tab went on: this one shows where
  load();

  return {
    view: () => view(activity, state),
    events: () => events,
    record(type, fields = {}) {
      if (state.content === null) append("begin", { content: activity.hash });
      if (type !== "begin") append(type, fields);
    },
    status: () => (events.length === 0 ? "" : kept ? "kept-here" : "not-kept"),
    listen(listener) {
      redraw = listener;
    },
  };
}
