/* The session of a page that holds one practice scenario. Nothing is handed in, so the browser's storage alone keeps
   where somebody is. Same shape as session.mjs. */

import { replay, step, view } from "./engine.mjs";
import { openOutbox, randomId } from "./outbox.mjs";

export function openSession(activity, host) {
  const outbox = openOutbox(host.owner, activity.id);
  const listeners = new Set();
  let events;
  let state;

  function load() {
    events = outbox.load();
    state = replay(activity, events, host.seed);
    for (const listener of listeners) listener();
  }

  function append(type, fields) {
    const common = { id: randomId(), activity: activity.id, type, turn: state.turn };
    const event = { ...common, ...fields, time: new Date().toISOString(), seq: events.length };
    const after = step(activity, state, event);
    if (after.ignored > state.ignored) return;
    state = after;
    events = [...events, event];
    outbox.keep(event);
  }

  const works = () => outbox.works.storage;
  globalThis.addEventListener("storage", load);
  load();

  return {
    view: () => view(activity, state),
    events: () => events,
    record(type, fields = {}) {
      if (state.content === null) append("begin", { content: activity.hash });
      if (type !== "begin") append(type, fields);
    },
    status: () => (events.length === 0 ? "" : works() ? "kept-here" : "not-kept"),
    problem: () => null,
    stalled: () => false,
    typing() {},
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => globalThis.removeEventListener("storage", load),
  };
}
