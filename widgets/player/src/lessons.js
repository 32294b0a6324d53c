/* Where somebody is in the lessons of a module, and how much is left. Pure: it knows ids and numbers, no page. */

/** One screen of a module.
 * @typedef {object} Step
 * @property {string} id `lesson.number`; the cover and the box with the answers have a plain id.
 * @property {string} part Id of its lesson, of the opening or of the warm-up; empty for a plain id.
 * @property {string[]} activities What is done there. */

/** @typedef {{ id: string, minutes: number }} Lesson */

/** The part of the questions before the module: no lesson's id has a capital. */
export const WARM_UP = "Warm-up";

/** @param {string} id */
export const partOf = (id) => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : "");

/** Which steps were read to their end, from what a browser kept: it may hold anything.
 * @param {string | null} kept
 * @param {Step[]} steps
 * @returns {Set<string>} */
export function readSeen(kept, steps) {
  try {
    const ids = JSON.parse(kept ?? "[]");
    return new Set(Array.isArray(ids) ? steps.map(({ id }) => id).filter((id) => ids.includes(id)) : []);
  } catch {
    return new Set();
  }
}

/** A step is done when it was left towards the next one and all its activities are finished.
 * @param {Step} step
 * @param {Set<string>} seen
 * @param {Map<string, boolean>} finished */
export const isDone = (step, seen, finished) => seen.has(step.id) && allFinished(step, finished);

/** @param {Step} step
 * @param {Map<string, boolean>} finished */
export const allFinished = (step, finished) => step.activities.every((id) => finished.get(id) === true);

/** How far somebody is in a lesson, from 0 to 1.
 * @param {string} lesson
 * @param {Step[]} steps
 * @param {(step: Step) => boolean} done */
export function shareDone(lesson, steps, done) {
  const here = steps.filter(({ part }) => part === lesson);
  return here.length === 0 ? 1 : here.filter(done).length / here.length;
}

/** Minutes that some lessons still take, whole; 0 when all of them are done.
 * @param {Lesson[]} lessons
 * @param {Step[]} steps
 * @param {(step: Step) => boolean} done */
export const minutesLeft = (lessons, steps, done) =>
  Math.ceil(lessons.reduce((sum, { id, minutes }) => sum + minutes * (1 - shareDone(id, steps, done)), 0));

/** Which steps somebody must have left who finished what follows in the same lesson.
 * @param {Step[]} steps
 * @param {Map<string, boolean>} finished
 * @returns {Step[]} */
export function leftBehind(steps, finished) {
  const ended = (/** @type {Step} */ { activities }) => activities.some((id) => finished.get(id) === true);
  return steps.filter((step, at) => step.part !== "" && steps.slice(at).some((later) => later.part === step.part && ended(later)));
}

/** The step after the last one in which something is finished, or the same if something is left there; else the first.
 * @param {Step[]} steps
 * @param {Map<string, boolean>} finished */
export function afterFinished(steps, finished) {
  const last = steps.reduce((found, { activities }, at) => (activities.some((id) => finished.get(id) === true) ? at : found), -1);
  if (last < 0) return 1;
  return allFinished(steps[last], finished) ? Math.min(last + 1, steps.length - 1) : last;
}

/** Where a step stands in its lesson.
 * @param {Step[]} steps
 * @param {number} at */
export function numberIn(steps, at) {
  const here = steps.filter(({ part }) => part === steps[at].part);
  return { n: here.indexOf(steps[at]) + 1, total: here.length };
}

/** The step before one. Whoever skipped the warm-up comes back to its offer, not to its last question.
 * @param {Step[]} steps
 * @param {number} at */
export function before(steps, at) {
  const back = Math.max(0, at - 1);
  const entered = steps[at].part !== WARM_UP && steps[back].part === WARM_UP;
  return entered ? steps.findIndex(({ part }) => part === WARM_UP) : back;
}

/** The first step after a part.
 * @param {Step[]} steps
 * @param {string} part */
export const after = (steps, part) => lastOf(steps, part) + 1;

/** The last step of a part; -1 if it has none.
 * @param {Step[]} steps
 * @param {string} part */
export const lastOf = (steps, part) => steps.map((step) => step.part).lastIndexOf(part);
