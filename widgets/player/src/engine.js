/* Pure activity engine, the twin of `himaya.activities`: (activity, state, event) -> state. No I/O, no clock, no
   randomness. Views must be byte-equal to Python's, so: integers, ids and lists only, and keys in the same order. */

const QUALITY_POINTS = { best: 2, acceptable: 1, harmful: 0 };

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const field = (event, name) => (Object.hasOwn(event, name) ? event[name] : null);
const readId = (value, allowed) => (typeof value === "string" && allowed.includes(value) ? value : null);
const byId = (entries, wanted) => entries.find((entry) => entry.id === wanted) ?? null;
const ids = (entries) => entries.map((entry) => entry.id);

function readIds(value, allowed) {
  if (!Array.isArray(value) || value.length > allowed.length) return null;
  const seen = [];
  for (const entry of value) {
    if (readId(entry, allowed) === null || seen.includes(entry)) return null;
    seen.push(entry);
  }
  return seen;
}

// Fisher-Yates with Park & Miller's minimal standard generator: every product stays below 2**53.
function shuffled(entries, seed, salt = 0) {
  const result = [...entries];
  let number = ((seed + salt * 7919) % 2147483646) + 1;
  for (let last = result.length - 1; last > 0; last -= 1) {
    number = (number * 48271) % 2147483647;
    const other = number % (last + 1);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

// ---------------------------------------------------------------- numbers

const DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"];
const IGNORED = " \u00a0\u202f\u200e\u200f\u061c\u066c";

function readDigit(character) {
  for (const digits of DIGITS) {
    const position = digits.indexOf(character);
    if (position >= 0) return position;
  }
  return null;
}

/** Text as a whole number of ten-thousandths, or null where it is not one clear number. */
export function readNumber(text) {
  let whole = 0;
  let decimals = 0;
  let total = 0;
  let negative = false;
  let afterPoint = false;
  for (const character of text) {
    if (IGNORED.includes(character)) continue;
    const digit = readDigit(character);
    if (digit !== null) {
      total = total * 10 + digit;
      if (afterPoint) decimals += 1;
      else whole += 1;
    } else if (".\u066b".includes(character) && !afterPoint && whole > 0) {
      afterPoint = true;
    } else if ("-\u2212".includes(character) && !negative && whole === 0) {
      negative = true;
    } else {
      return null;
    }
    if (whole > 9 || decimals > 4) return null;
  }
  if (whole === 0 || (afterPoint && decimals === 0)) return null;
  for (let place = decimals; place < 4; place += 1) total *= 10;
  return negative && total > 0 ? -total : total;
}

// ---------------------------------------------------------------- scenario

const nodeOf = (activity, id) => byId(activity.nodes, id);
const takenChoice = (activity, taken) => byId(nodeOf(activity, taken[0]).choices, taken[1]);
const teaches = (activity) => activity.mode === "practice";

function meterValues(activity, path) {
  const values = new Map(activity.meters.map((meter) => [meter.id, meter.start]));
  for (const taken of path) {
    for (const [id, change] of takenChoice(activity, taken).effects ?? []) {
      const meter = byId(activity.meters, id);
      if (meter === null || (meter.sticky && values.get(id) === meter.min)) continue;
      values.set(id, Math.min(meter.max, Math.max(meter.min, values.get(id) + change)));
    }
  }
  return values;
}

// A condition on a meter that this copy does not know never holds.
const holds = (when, values) =>
  when.every(([id, lowest, highest]) => values.has(id) && lowest <= values.get(id) && values.get(id) <= highest);

function openChoices(activity, state) {
  const values = meterValues(activity, state.path);
  return nodeOf(activity, state.node).choices.filter((choice) => holds(choice.when, values));
}

const scenario = {
  start: (activity) => ({ phase: "decide", node: activity.start, path: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    if (field(event, "turn") !== state.turn) return null;
    if (type === "choose") {
      if (state.phase !== "decide" || field(event, "at") !== state.node) return null;
      const choice = openChoices(activity, state).find((open) => open.id === field(event, "choice"));
      if (choice === undefined) return null;
      return { ...state, phase: "consequence", path: [...state.path, [state.node, choice.id]] };
    }
    if (type === "continue" && state.phase === "consequence") {
      const target = takenChoice(activity, state.path.at(-1)).to;
      if (target === "end") return { ...state, phase: "ended", finished: true };
      return { ...state, phase: "decide", node: target };
    }
    if (["skip", "answer", "unskip"].includes(type)) return skip(state, type, field(event, "value"));
    if (!teaches(activity) || state.path.length === 0) return null;
    if (type === "back" && state.phase === "consequence") {
      return { ...state, phase: "decide", node: state.path.at(-1)[0], path: state.path.slice(0, -1) };
    }
    if (type === "restart") return { ...state, ...scenario.start(activity), value: state.value };
    return null;
  },

  view(activity, state, base) {
    const values = meterValues(activity, state.path);
    const drawn = {
      ...base,
      step: state.path.length + (state.phase === "decide" ? 1 : 0),
      meters: activity.meters.map((meter) => meterView(meter, values.get(meter.id))),
    };
    if (state.phase === "ended") {
      return { ...drawn, ending: ending(activity, values), ...debriefView(activity, state) };
    }
    if (state.phase === "skipped") return { ...drawn, value: state.value, can: ["answer", "unskip"] };
    const node = nodeOf(activity, state.node);
    Object.assign(drawn, { node: node.id, title: node.title, text: node.text, prompt: node.prompt });
    if (state.phase === "consequence") {
      const choice = takenChoice(activity, state.path.at(-1));
      return { ...drawn, taken: told(choice), can: teaches(activity) ? ["continue", "back"] : ["continue"] };
    }
    const options = shuffled(openChoices(activity, state), state.seed, activity.nodes.indexOf(node));
    return { ...drawn, choices: options.map(({ id, text }) => ({ id, text })), can: ["choose", "skip"] };
  },

  score(activity, state) {
    if (state.phase !== "ended") return [0, 1];
    let earned = 0;
    for (const taken of state.path) earned += QUALITY_POINTS[takenChoice(activity, taken).quality];
    return [earned, 2 * state.path.length];
  },
};

function skip(state, type, value) {
  if (type === "skip" && state.phase === "decide") return { ...state, phase: "skipped" };
  if (state.phase !== "skipped") return null;
  if (type === "answer" && typeof value === "string") {
    return { ...state, value, finished: state.finished || value !== "" };
  }
  return type === "unskip" ? { ...state, phase: "decide" } : null;
}

function meterView(meter, value) {
  const word = meter.levels.length > 0 ? meter.levels[value - meter.min] : null;
  return { id: meter.id, label: meter.label, value, max: meter.max, word };
}

function told(choice) {
  const { id, text, consequence } = choice;
  const shown = { id, text, consequence };
  for (const name of ["quality", "rationale", "principle", "source"]) {
    if (Object.hasOwn(choice, name)) shown[name] = choice[name];
  }
  return shown;
}

function ending(activity, values) {
  const reached = activity.endings.find((known) => holds(known.when, values)) ?? activity.endings.at(-1);
  return { id: reached.id, title: reached.title, text: reached.text };
}

function debriefView(activity, state) {
  if (!teaches(activity)) return { debrief: [], principles: [], can: [] };
  const decisions = state.path.map((taken) => {
    const node = nodeOf(activity, taken[0]);
    const better = node.choices.find((choice) => choice.quality === "best" && choice.when.length === 0)?.text ?? null;
    return { node: taken[0], title: node.title, ...told(takenChoice(activity, taken)), better };
  });
  const groups = [];
  for (const decision of decisions) {
    let group = groups.find((known) => known.principle === decision.principle);
    if (group === undefined) {
      group = { principle: decision.principle, best: 0, acceptable: 0, harmful: 0 };
      groups.push(group);
    }
    group[decision.quality] += 1;
  }
  return { debrief: decisions, principles: groups, can: ["restart"] };
}

// ---------------------------------------------------------------- items

function readValue(activity, value) {
  if (activity.kind === "choice") {
    const found = readIds(value, ids(activity.options));
    if (found === null || (activity.select === "one" && found.length !== 1)) return null;
    return ids(activity.options).filter((option) => found.includes(option));
  }
  if (activity.kind === "order") {
    const found = readIds(value, ids(activity.options));
    return found !== null && found.length === activity.options.length ? found : null;
  }
  if (activity.kind === "match") return readMatch(activity, value);
  return typeof value === "string" ? value : null;
}

function readMatch(activity, value) {
  const rows = ids(activity.rows);
  const options = ids(activity.options);
  if (!Array.isArray(value) || value.length > rows.length) return null;
  const seen = [];
  const pairs = [];
  for (const pair of value) {
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    const row = readId(pair[0], rows);
    const option = readId(pair[1], options);
    if (row === null || option === null || seen.includes(row)) return null;
    seen.push(row);
    pairs.push([row, option]);
  }
  return pairs;
}

function isAnswered(activity, state) {
  const { value } = state;
  if (value === null) return false;
  if (activity.kind === "match") return value.length === activity.rows.length;
  if (activity.kind === "number") return readNumber(value) !== null;
  return value.length > 0;
}

const textOf = (entries, id) => byId(entries, id).text;

function itemFields(activity, state, checked) {
  const { kind } = activity;
  const { value } = state;
  if (kind === "choice") {
    const options = shuffled(activity.options, state.seed).map((option) => {
      const shown = { id: option.id, text: option.text, picked: value !== null && value.includes(option.id) };
      return checked ? { ...shown, correct: option.correct, rationale: option.rationale } : shown;
    });
    return { select: activity.select, options };
  }
  if (kind === "order") {
    const order = value ?? shuffled(ids(activity.options), state.seed);
    const known = { options: order.map((id) => ({ id, text: textOf(activity.options, id) })) };
    return checked ? { ...known, key: activity.key.map((id) => textOf(activity.options, id)) } : known;
  }
  if (kind === "match") return matchFields(activity, state, checked);
  if (kind === "number") {
    const shown = { unit: activity.unit, value, readable: value === null || readNumber(value) !== null };
    return checked ? { ...shown, key: activity.shown } : shown;
  }
  return { value, words: activity.words, rubric: activity.rubric };
}

function matchFields(activity, state, checked) {
  const rows = activity.rows.map((row) => {
    let picked = null;
    for (const pair of state.value ?? []) if (pair[0] === row.id) [, picked] = pair;
    const shown = { id: row.id, text: row.text, picked };
    if (!checked) return shown;
    const key = { correct: row.answer, key: textOf(activity.options, row.answer) };
    return { ...shown, ...key, rationale: row.rationale };
  });
  const options = shuffled(activity.options, state.seed).map(({ id, text }) => ({ id, text }));
  return { rows, options };
}

const item = {
  start: () => ({ phase: "answer", value: null }),

  step(activity, state, event) {
    const type = field(event, "type");
    const practice = teaches(activity);
    if (type === "answer" && state.phase === "answer") {
      const value = readValue(activity, field(event, "value"));
      if (value === null) return null;
      const after = { ...state, value };
      return practice ? after : { ...after, finished: isAnswered(activity, after) };
    }
    if (!practice || field(event, "turn") !== state.turn) return null;
    if (type === "check" && state.phase === "answer" && isAnswered(activity, state)) {
      return { ...state, phase: "checked", finished: true };
    }
    if (type === "retry" && state.phase === "checked") return { ...state, phase: "answer" };
    return null;
  },

  view(activity, state, base) {
    const checked = state.phase === "checked";
    const drawn = { ...base, stem: activity.stem, answered: isAnswered(activity, state) };
    Object.assign(drawn, itemFields(activity, state, checked));
    if (checked) {
      drawn.share = item.score(activity, state);
      drawn.rationale = activity.rationale ?? null;
      drawn.source = activity.source;
    }
    drawn.can = checked ? ["retry"] : teaches(activity) ? ["answer", "check"] : ["answer"];
    return drawn;
  },

  score(activity, state) {
    const { kind } = activity;
    const { value } = state;
    if (value === null || kind === "text") return [0, 1];
    if (kind === "choice") return scoreChoice(activity, value);
    if (kind === "order") return scoreOrder(activity.key, value);
    if (kind === "match") {
      const right = activity.rows.filter((row) => value.some((p) => p[0] === row.id && p[1] === row.answer));
      return [right.length, activity.rows.length];
    }
    const number = readNumber(value);
    const close = number !== null && Math.abs(number - activity.answer) <= activity.tolerance;
    return [close ? 1 : 0, 1];
  },
};

function scoreChoice(activity, value) {
  const rightOptions = activity.options.filter((option) => option.correct).map((option) => option.id);
  const right = value.filter((option) => rightOptions.includes(option)).length;
  if (activity.select === "one") return [right, 1];
  const wrong = value.length - right;
  // At least 1: where every option is right, or none, that half of the difference is 0, not 0 of 0.
  const rightOf = Math.max(1, rightOptions.length);
  const wrongOf = Math.max(1, activity.options.length - rightOptions.length);
  return [Math.max(0, right * wrongOf - wrong * rightOf), rightOf * wrongOf];
}

function scoreOrder(key, value) {
  let concordant = 0;
  let discordant = 0;
  for (let first = 0; first < key.length; first += 1) {
    for (let second = first + 1; second < key.length; second += 1) {
      if (value.indexOf(key[first]) < value.indexOf(key[second])) concordant += 1;
      else discordant += 1;
    }
  }
  return [Math.max(0, concordant - discordant), concordant + discordant];
}

// ---------------------------------------------------------------- labs

const MOST_DECISIONS = 500;
const MOST_WEIGHT = 1500;
const DEEPEST = 3;

// Characters as Python counts them: a pair of surrogates is one.
const lengthOf = (text) => [...text].length;

function weight(value, levels) {
  if (typeof value === "string") return lengthOf(value) + 1;
  if (typeof value !== "object" || value === null) return 1;
  const entries = Object.entries(value);
  if (levels === 0 || entries.length > MOST_WEIGHT) return MOST_WEIGHT + 1;
  const named = !Array.isArray(value);
  return entries.reduce((sum, [key, entry]) => sum + (named ? lengthOf(key) : 0) + weight(entry, levels - 1), 1);
}

const isDecision = (value) => isObject(value) && weight(value, DEEPEST) <= MOST_WEIGHT;

const lab = {
  start: () => ({ phase: "work", decisions: [], value: "" }),

  step(activity, state, event) {
    const type = field(event, "type");
    const value = field(event, "value");
    const { phase, decisions } = state;
    if (field(event, "turn") !== state.turn) return null;
    if (phase === "skipped") {
      if (type === "answer" && typeof value === "string") {
        return { ...state, value, finished: state.finished || value !== "" };
      }
      return type === "unskip" ? { ...state, phase: "work" } : null;
    }
    if (phase === "work") {
      if (type === "decide" && decisions.length < MOST_DECISIONS && isDecision(value)) {
        return { ...state, decisions: [...decisions, value] };
      }
      if (type === "finish" && decisions.length >= activity.least) return { ...state, phase: "finished", finished: true };
      if (type === "skip") return { ...state, phase: "skipped" };
    }
    const again = phase === "work" || teaches(activity);
    return type === "restart" && again && decisions.length > 0 ? { ...state, phase: "work", decisions: [] } : null;
  },

  view(activity, state, base) {
    const can = { work: ["skip"], skipped: ["answer", "unskip"], finished: [] }[state.phase];
    return { ...base, decided: state.decisions.length, value: state.value, can };
  },

  score: (activity, state) => [state.finished ? 1 : 0, 1],
};

// ---------------------------------------------------------------- the fold

const kindOf = ({ kind }) => (kind === "scenario" ? scenario : kind === "lab" ? lab : item);

export function start(activity, seed = 0) {
  const common = { seed, turn: 0, content: null, ignored: 0, finished: false };
  return { ...common, ...kindOf(activity).start(activity) };
}

export function step(activity, state, event) {
  if (!isObject(event) || field(event, "activity") !== activity.id) return { ...state, ignored: state.ignored + 1 };
  if (field(event, "type") === "begin") {
    const content = field(event, "content");
    return state.content !== null || typeof content !== "string" ? state : { ...state, content };
  }
  const after = kindOf(activity).step(activity, state, event);
  if (after === null) return { ...state, ignored: state.ignored + 1 };
  return { ...after, turn: state.turn + 1 };
}

export function replay(activity, events, seed = 0) {
  let state = start(activity, seed);
  for (const event of events) {
    if (isObject(event) && field(event, "activity") === activity.id) state = step(activity, state, event);
  }
  return state;
}

export function view(activity, state) {
  const base = {
    id: activity.id,
    kind: activity.kind,
    mode: activity.mode,
    phase: state.phase,
    turn: state.turn,
    finished: state.finished,
    begun: state.content !== null,
    changed: state.content !== null && state.content !== activity.hash,
  };
  return kindOf(activity).view(activity, state, base);
}

export function score(activity, state) {
  return kindOf(activity).score(activity, state);
}
