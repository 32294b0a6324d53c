/* Written by generate.py; do not edit. */

import * as casefile from "../kinds/casefile.js";
import * as interview from "../kinds/interview.js";
import * as scenario from "../kinds/scenario.js";

export const KINDS = { casefile, interview, scenario };
