/* What tests read from the script of a page: the very rules that it runs on. */

import { debrief, score, start, step, view } from "./fold.js";
import { shuffled } from "./shuffle.js";

export const expose = () => Object.assign(globalThis, { himaya: { debrief, score, shuffled, start, step, view } });
