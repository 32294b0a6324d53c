/* What the parts of the player give each other. What Python knows too is in generated/types.d.ts. */

import type {
  Activity,
  Choice,
  CountedKey,
  JournalEvent,
  LabActivity as CompiledLab,
  PlainKey,
  ScenarioActivity,
  State,
} from "./generated/types.js";

import type { Facts } from "./language_facts.js";

export type * from "./generated/types.js";

/** On a page of activities a lab may lead to an app of its own. */
export type LabActivity = CompiledLab & { address?: string };
export type ItemActivity = Extract<Activity, { stem: string }>;
export type ItemState = Extract<State, { phase: string; value: unknown }>;
export type Condition = ScenarioActivity["nodes"][number]["choices"][number]["when"][number];
/** How somebody looks. */
export type Face = NonNullable<ScenarioActivity["nodes"][number]["face"]>;
export type Quality = NonNullable<Choice["quality"]>;

/** A choice that was taken, with its reason as far as this copy of the activity holds it. */
export interface Taken {
  id: string;
  text: string;
  consequence: string;
  quality?: Quality;
  rationale?: string;
  principle?: string;
  source?: string[];
}

/** One decision of a path, for the debrief. */
export interface Decision extends Taken {
  node: string;
  title: string;
  better: string | null;
}

export type PrincipleCount = { principle: string } & Record<Quality, number>;

// --- kinds of activities

/** The rules of a kind: pure, total, without a clock. The twin of `RULES` in Python. */
export interface Rules<A, S> {
  start(activity: A): { phase: string };
  /** The next state, or null where the event does not fit. */
  step(activity: A, state: S, event: object): S | null;
  /** The share earned as [numerator, denominator]; needs the key. */
  score(activity: A, state: S): [number, number];
  /** What the debrief of a simulation tells, from numbers, texts and ids alone; needs the key. */
  debrief?(activity: A, state: S): unknown;
}

/** What is shown of an activity of any kind. */
export interface BaseView {
  id: string;
  kind: string;
  mode: Activity["mode"];
  phase: string;
  turn: number;
  finished: boolean;
  begun: boolean;
  /** Whether the activity is another than the one that was begun. */
  changed: boolean;
}

export type View = BaseView & { [field: string]: unknown };

/** What is shown of a question; from `share` on once it is checked. */
export interface ItemView {
  stem: string;
  answered: boolean;
  can: string[];
  share?: [number, number];
  rationale?: string | null;
  source?: string[];
}

export type Parts = (Node | null)[];

/** How a kind is drawn. */
export interface Drawing<A, S, V> {
  /** Whether it has a title and a length of its own. */
  titled: boolean;
  /** Everything that drawing needs, and nothing that it must not show yet. */
  view(activity: A, state: S): V;
  draw(activity: A, view: BaseView & V, act: Act, say: Say): Parts;
  /** Bring what stands around a field up to date while somebody types in it. */
  update?(body: HTMLElement, view: V, say: Say): void;
}

export interface Kind {
  rules: Rules<Activity, State>;
  drawing: Drawing<Activity, State, object>;
}

export type Kinds = Record<string, Kind>;

/** Record one thing that the trainee did and draw what follows; `focus` is the key of what gets the focus then. */
export interface Act {
  (type: string, fields?: Record<string, unknown>, focus?: string | null): void;
  view(): View;
  events(): JournalEvent[];
  /** Something is typed that is not recorded yet, or no longer. */
  typing(on: boolean): void;
}

/** Draws the parts of one activity. */
export type Draw = Kind["drawing"]["draw"];

// --- words

/** A sentence whose form a number decides. */
export interface Counted {
  by: string;
  forms: string[];
  language: string;
}

export interface Say {
  (key: PlainKey): string;
  (key: CountedKey): Counted;
}

export type Strings = Partial<Record<PlainKey, string> & Record<CountedKey, Counted>>;

/** What a page knows in one language. */
export interface Words {
  language: string;
  digits: string;
  draft: boolean;
  strings: Strings;
  activities: Record<string, Activity>;
  prose?: Record<string, string>;
  /** Of an app that shows the module step by step. */
  steps?: { main: string };
}

/** The words of the language that a page came with, and those that it may switch to. */
export interface FirstWords extends Words {
  languages?: string[];
  names?: Record<string, string>;
  facts: Facts;
}

// --- hosts

/** What the session sends: the events that nobody has acknowledged, and how many rows it knows. */
export interface Put {
  from: number;
  events: Recorded[];
}

/** What a host answers: the rows from a place on, or the name of a sentence that says why nothing was written. */
export interface Answer {
  from?: number;
  rows?: JournalEvent[];
  problem?: PlainKey;
  /** Ids of events that no journal takes. */
  refused?: string[];
}

/** An event as the session makes it. */
export interface Recorded extends JournalEvent {
  time: string;
  seq: number;
}

/** What keeps the answers to one activity: a kernel, the browser's database, its storage. */
export interface Host {
  /** Names the outbox of what nobody has acknowledged. */
  owner: string;
  /** Whether answers are handed in from there; else `kept` says whether the browser took what was last written. */
  keeps: boolean;
  kept?(): boolean;
  /** Fixes the order in which options are shown. */
  seed: number;
  /** What the journal held when the page opened. */
  rows: JournalEvent[];
  /** Whether the journal may hold other rows. */
  behind: boolean;
  /** Write events; a host that cannot may throw. The answer goes to every listener. */
  put(message: Put): void | Promise<void>;
  /** Told all rows that are known. */
  remember(rows: JournalEvent[]): void;
  listen(callback: (answer: Answer) => void): () => void;
}

/** What the screen may say of the answers to one activity. */
export type Status = "" | "saved" | "not-saved" | "kept-here" | "not-kept";

/** From a click to the disk. */
export interface Session {
  view(): View;
  /** Everything recorded so far, oldest first. */
  events(): JournalEvent[];
  record(type: string, fields?: Record<string, unknown>): void;
  status(): Status;
  problem(): PlainKey | null;
  /** Whether it takes long: time to say what becomes of the answer. */
  stalled(): boolean;
  typing(on: boolean): void;
  /** Go on with the same activity in another language. */
  use(translated: Activity): void;
  listen(listener: () => void): () => void;
  close(): void;
}

/** A widget's model as anywidget gives it. */
export interface Model {
  get(name: string): any; // whatever Python put there
  set(name: string, value: unknown): void;
  send(message: object): void;
  on(name: string, listener: (message: any, buffers: BlobPart[]) => void): void;
  off(name: string, listener: (message: any, buffers: BlobPart[]) => void): void;
}

/** Draws a widget in a place, and returns what removes it. */
export type DrawWidget = (model: Model, root: HTMLElement) => () => void;

// --- elements

/** What the section of an activity, or of the hand-in box, offers to others on its page and to tests. */
export interface Drawn {
  status(): Status;
  view(): View;
  events(): JournalEvent[];
  speak(activity: Activity, strings: Strings): void;
}

// --- a module's app, step by step

/** What its server put into the page. */
export interface AppData {
  owner: string;
  language: string;
  digits: string;
  facts: Facts;
  strings: Strings;
  lessons: { id: string; minutes: number }[];
  draft_lessons: string[];
  /** Ids of the activities that the cover counts. */
  asked: string[];
}

// --- pages without a server

/** What the build put into a page. */
export interface PageData {
  owner: string;
  version: number;
  /** Whether answers are handed in. */
  hands: boolean;
  /** Whether answers are kept in the module's journal; else they are practice, of one file. */
  keeps: boolean;
  language: string;
  direction: string;
  digits: string;
  facts: Facts;
  strings: Strings;
  activities: Record<string, Activity>;
  /** Of a module, in order. */
  lessons?: { id: string; minutes: number }[];
  /** Ids of the lessons in which something is not signed. */
  draft_lessons?: string[];
}
