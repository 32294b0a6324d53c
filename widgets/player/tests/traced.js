/* What both engines are compared by: the state after every event, the score and the debrief. A plain script, read by node:test
   and, in V8, by pytest (tests/engine/two_engines.py). */

globalThis.traced = ({ debrief, score, start, step }, [activity, events, seed, scored]) => {
  let state = start(activity, seed);
  const seen = [];
  for (const event of events) {
    state = step(activity, state, event);
    seen.push(state);
  }
  const lab = activity.kind === "lab"; // only Python runs its model
  return JSON.stringify([...seen, scored && !lab ? score(activity, state) : null, scored ? debrief(activity, state) : null]);
};
