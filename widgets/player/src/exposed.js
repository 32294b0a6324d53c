/* What tests read from the script of a page: the very rules that it runs on. */

import { score, start, step, view } from "./fold.js";
import { debriefTalk } from "./kinds/interview.js";
import { byPrinciple, debrief } from "./kinds/scenario.js";
import { shuffled } from "./shuffle.js";

export const expose = () => Object.assign(globalThis, { himaya: { byPrinciple, debrief, debriefTalk, score, shuffled, start, step, view } });
