/* Written by generate.py; do not edit. */

import * as scenario from "../kinds/scenario.js";

export const KINDS = { scenario };
