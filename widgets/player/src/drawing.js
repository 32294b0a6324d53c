/* How each kind of activity is drawn. */

import { drawItem } from "./items.js";
import { drawLabCard } from "./labcard.js";
import { drawScenario } from "./scenario.js";

const drawingOf = ({ kind }) => (kind === "scenario" ? drawScenario : kind === "lab" ? drawLabCard : drawItem);

/** Return the parts of any activity. */
export const drawActivity = (activity, ...rest) => drawingOf(activity)(activity, ...rest);
