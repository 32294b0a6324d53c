/* Written by generate.py; do not edit. */

export const DECISION_DEPTH = 3;
export const EVENT_FIELDS = ["id", "activity", "type", "turn", "at", "choice", "value", "content", "language", "time", "seq"];
export const MAX_BYTES = 20000000;
export const MAX_DEPTH = 20;
export const MAX_EVENT_BYTES = 100000;
export const MAX_ID = 64;
export const MIN_ID = 8;
export const MOST_DECISIONS = 500;
export const MOST_WEIGHT = 1500;
