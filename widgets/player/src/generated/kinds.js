/* Written by generate.py; do not edit. */

import * as casefile from "../kinds/casefile.js";
import * as choice from "../kinds/choice.js";
import * as interview from "../kinds/interview.js";
import * as lab from "../kinds/lab.js";
import * as match from "../kinds/match.js";
import * as number from "../kinds/number.js";
import * as order from "../kinds/order.js";
import * as scenario from "../kinds/scenario.js";
import * as text from "../kinds/text.js";

export const KINDS = { casefile, choice, interview, lab, match, number, order, scenario, text };
