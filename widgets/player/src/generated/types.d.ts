/* Written by generate.py; do not edit. */

export interface ScenarioActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  title: string;
  minutes: number;
  content_note: string;
  alternative: string;
  outcomes?: Array<string>;
  kind: "scenario";
  setting: string;
  people?: Array<Character>;
  start: string;
  meters: Array<Meter>;
  nodes: Array<Node>;
  endings: Array<Ending>;
}

export interface Character {
  id: string;
  name: string;
  portrait: Likeness;
}

export interface Likeness {
  head: "scarf" | "dark-hair" | "short" | "beard" | "moustache";
  colour: "teal" | "plum" | "indigo" | "clay" | "sand";
}

export interface Meter {
  id: string;
  label: string;
  start: number;
  min: number;
  max: number;
  levels: Array<string>;
  sticky: boolean;
  lower?: boolean;
}

export interface Node {
  id: string;
  title: string;
  text: string;
  prompt: string;
  choices: Array<Choice>;
  person?: string;
  face?: "listening" | "open" | "worried" | "guarded" | "hurt";
}

export interface Choice {
  id: string;
  text: string;
  consequence: string;
  to: string;
  when: Array<[string, number, number]>;
  effects?: Array<[string, number]>;
  quality?: "best" | "acceptable" | "harmful";
  rationale?: string;
  principle?: string;
  source?: Array<string>;
  face?: "listening" | "open" | "worried" | "guarded" | "hurt";
}

export interface Ending {
  id: string;
  title: string;
  text: string;
  when: Array<[string, number, number]>;
}

export interface ScenarioState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string;
  node: string;
  path: Array<Array<string>>;
}

export interface InterviewActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  title: string;
  minutes: number;
  content_note: string;
  alternative: string;
  outcomes?: Array<string>;
  kind: "interview";
  setting: string;
  person: Person;
  opening: string;
  leaving: string;
  trust: Gauge;
  strain: Gauge;
  stages: Array<Stage>;
  facts: Array<Fact>;
  agreements: Array<Agreement>;
  moves: Array<Move>;
  endings: Array<InterviewEnding>;
  behaviours: Array<Behaviour>;
  friend: Array<Told>;
  questions: Array<string>;
  example: Array<string>;
}

export interface Person {
  name: string;
  gender: "woman" | "man";
  age: number;
  life: string;
  portrait?: Likeness;
}

export interface Gauge {
  start: number;
  max: number;
}

export interface Stage {
  id: string;
  text: string;
}

export interface Fact {
  id: string;
  text: string;
  need?: "must" | "may" | "private";
  why?: string;
  planned?: Array<string>;
}

export interface Agreement {
  id: string;
  text: string;
  need?: "must" | "may";
}

export interface Move {
  id: string;
  group: string;
  text: string;
  stages: Array<string>;
  available: When;
  replies: Array<Reply>;
}

export interface When {
  trust: [number, number];
  strain: [number, number];
  has: Array<string>;
  any: Array<string>;
  lacks: Array<string>;
}

export interface Reply {
  id: string;
  when: When;
  says: string;
  tells: Array<string>;
  trust: number;
  strain: number;
  sets: Array<string>;
  clears: Array<string>;
  stage: string;
  ends: boolean;
  quality?: "best" | "acceptable" | "harmful";
  shows?: Array<string>;
}

export interface InterviewEnding {
  id: string;
  title: string;
  text: string;
  level: "good" | "open" | "harm";
  when: When;
}

export interface Behaviour {
  id: string;
  level: "harmful" | "basic" | "advanced";
  text: string;
}

export interface Told {
  when: When;
  text: string;
}

export interface InterviewState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string;
  path: Array<Array<string>>;
}

export interface LabActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  title: string;
  minutes: number;
  content_note: string;
  alternative: string;
  outcomes?: Array<string>;
  kind: "lab";
  lab: string;
  seed: number;
  least: number;
  briefing: Array<string>;
  first_step: Array<string>;
  assumptions: Array<Assumption>;
  words: Record<string, string>;
  data: Record<string, unknown>;
  debrief?: Array<string>;
  source?: Array<string>;
  key?: Record<string, unknown>;
}

export interface Assumption {
  says: string;
  source: Array<string>;
}

export interface LabState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string;
  decisions: Array<Record<string, unknown>>;
}

export interface CasefileActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  title: string;
  minutes: number;
  content_note: string;
  alternative: string;
  outcomes?: Array<string>;
  kind: "casefile";
  setting: string;
  papers: Array<Paper>;
  debrief: Array<string>;
  source: Array<string>;
}

export interface Paper {
  id: string;
  title: string;
  text: string;
  rows: Array<Line>;
}

export interface Line {
  id: string;
  label: string;
  options: Array<Entry>;
}

export interface Entry {
  id: string;
  text: string;
  quality: "best" | "acceptable" | "harmful";
  rationale: string;
}

export interface CasefileState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string;
  kept: number;
  filled: Array<Array<string>>;
}

export interface ChoiceActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  stem: string;
  outcome?: string;
  principle?: string | null;
  safety_critical?: boolean;
  source?: Array<string>;
  twin?: string;
  kind: "choice";
  select: "one" | "several";
  options: Array<Option>;
}

export interface Option {
  id: string;
  text: string;
  correct?: boolean;
  rationale?: string;
}

export interface ChoiceState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: Array<string> | null;
}

export interface OrderActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  stem: string;
  outcome?: string;
  principle?: string | null;
  safety_critical?: boolean;
  source?: Array<string>;
  twin?: string;
  kind: "order";
  options: Array<Step>;
  key?: Array<string>;
  rationale?: string;
}

export interface Step {
  id: string;
  text: string;
}

export interface OrderState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: Array<string> | null;
}

export interface MatchActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  stem: string;
  outcome?: string;
  principle?: string | null;
  safety_critical?: boolean;
  source?: Array<string>;
  twin?: string;
  kind: "match";
  rows: Array<Row>;
  options: Array<MatchOption>;
}

export interface Row {
  id: string;
  text: string;
  answer?: string;
  rationale?: string;
}

export interface MatchOption {
  id: string;
  text: string;
}

export interface MatchState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: Array<Array<string>> | null;
}

export interface NumberActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  stem: string;
  outcome?: string;
  principle?: string | null;
  safety_critical?: boolean;
  source?: Array<string>;
  twin?: string;
  kind: "number";
  unit: string;
  answer?: number;
  tolerance?: number;
  shown?: string;
  rationale?: string;
}

export interface NumberState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string | null;
}

export interface TextActivity {
  id: string;
  mode: "practice" | "graded" | "pretest";
  version: number;
  language: string;
  points: number;
  hash: string;
  stem: string;
  outcome?: string;
  principle?: string | null;
  safety_critical?: boolean;
  source?: Array<string>;
  twin?: string;
  kind: "text";
  words: Array<number>;
  rubric: Array<Level>;
}

export interface Level {
  level: number;
  text: string;
  exemplar?: string;
}

export interface TextState {
  seed: number;
  turn: number;
  content: string | null;
  ignored: number;
  finished: boolean;
  phase: string;
  value: string | null;
}

export type Activity = ScenarioActivity | InterviewActivity | LabActivity | CasefileActivity | ChoiceActivity | OrderActivity | MatchActivity | NumberActivity | TextActivity;

export type State = ScenarioState | InterviewState | LabState | CasefileState | ChoiceState | OrderState | MatchState | NumberState | TextState;

export interface JournalEvent {
  id: string;
  activity: string;
  type: string;
  turn?: unknown;
  at?: unknown;
  choice?: unknown;
  value?: unknown;
  content?: unknown;
  language?: unknown;
  time?: unknown;
  seq?: unknown;
}

export type PlainKey =
  | "about-course"
  | "acceptable"
  | "all-apps"
  | "all-modules"
  | "alternative"
  | "answer-cut"
  | "answer-first"
  | "answer-shown"
  | "answered-count"
  | "answers-help"
  | "answers-none"
  | "answers-shared"
  | "answers-stay"
  | "answers-unreadable"
  | "app-again"
  | "app-before-you"
  | "app-keeps"
  | "app-kind-casefile"
  | "app-kind-interview"
  | "app-kind-lab"
  | "app-kind-module"
  | "app-kind-scenario"
  | "app-needs-script"
  | "app-not-here"
  | "app-not-here-help"
  | "app-not-released"
  | "app-not-released-help"
  | "app-not-started"
  | "app-open"
  | "app-open-group"
  | "app-opening"
  | "app-progress"
  | "app-teaches"
  | "app-two-open"
  | "apps-intro"
  | "apps-none"
  | "apps-search"
  | "ask-supervisor"
  | "back"
  | "best"
  | "best-column"
  | "best-ending"
  | "better"
  | "by-principle"
  | "changed"
  | "check"
  | "choose"
  | "choose-one"
  | "choose-option"
  | "choose-room"
  | "choose-several"
  | "class-all-sent"
  | "class-answers-help"
  | "class-card"
  | "class-card-claimed"
  | "class-card-code"
  | "class-card-keep"
  | "class-card-mine"
  | "class-card-network"
  | "class-card-unknown"
  | "class-code"
  | "class-code-wrong"
  | "class-device-new"
  | "class-device-no"
  | "class-device-waits"
  | "class-device-yes"
  | "class-door-help"
  | "class-ended"
  | "class-enter"
  | "class-feedback"
  | "class-hand-in-later"
  | "class-hand-on"
  | "class-hand-on-help"
  | "class-join"
  | "class-join-code"
  | "class-join-enter"
  | "class-join-wrong"
  | "class-joined"
  | "class-joined-address"
  | "class-joined-code"
  | "class-joined-help"
  | "class-joined-next"
  | "class-joined-number"
  | "class-kept"
  | "class-no-camera"
  | "class-no-link"
  | "class-note-card-claimed"
  | "class-note-card-confirmed"
  | "class-note-card-confirmed-by"
  | "class-note-device-allowed"
  | "class-note-device-allowed-by"
  | "class-note-device-asks"
  | "class-note-device-refused"
  | "class-note-device-refused-by"
  | "class-note-first-card"
  | "class-note-joined"
  | "class-note-new-card"
  | "class-note-sessions-ended"
  | "class-note-signed-in"
  | "class-notebook-off"
  | "class-notebook-opens"
  | "class-notebooks"
  | "class-notebooks-help"
  | "class-notes"
  | "class-number"
  | "class-receipts"
  | "class-room"
  | "class-sending"
  | "class-signed-out"
  | "class-signing-in"
  | "class-title"
  | "class-too-many"
  | "class-unreachable"
  | "class-unsent-help"
  | "class-you"
  | "close"
  | "code"
  | "code-expected"
  | "code-found"
  | "code-graded-later"
  | "code-looked-at"
  | "code-solution"
  | "content-note"
  | "contents"
  | "continue"
  | "counts"
  | "counts-items"
  | "counts-labs"
  | "counts-practice"
  | "counts-scenarios"
  | "course-about"
  | "damaged-lines"
  | "debrief"
  | "decision"
  | "decision-column"
  | "did-you-mean"
  | "disk-full"
  | "done"
  | "draft-note"
  | "draft-parts"
  | "draft-short"
  | "draft-translation"
  | "draft-translation-parts"
  | "due-day"
  | "ended"
  | "erase"
  | "erase-now"
  | "erase-sure"
  | "event-malformed"
  | "event-refused"
  | "event-too-large"
  | "exit-honest"
  | "face-guarded"
  | "face-hurt"
  | "face-listening"
  | "face-open"
  | "face-worried"
  | "fact-checked"
  | "fact-checked-draft"
  | "fact-read"
  | "feedback"
  | "feedback-late"
  | "feedback-new"
  | "feedback-talk"
  | "feedback-waits"
  | "fetch-failed"
  | "file-change"
  | "file-check"
  | "file-done"
  | "file-fill-first"
  | "file-invented"
  | "file-keep"
  | "file-paper"
  | "file-print"
  | "file-safe"
  | "file-size"
  | "file-skip"
  | "file-skipped"
  | "file-so-far"
  | "file-unsafe"
  | "file-unskip"
  | "file-whole"
  | "finished-graded"
  | "first-harmful"
  | "for-caseworker"
  | "for-everybody"
  | "for-focal-point"
  | "for-information-management"
  | "for-police"
  | "foreign-lines"
  | "forget"
  | "forgotten"
  | "from-paper"
  | "go-back"
  | "go-mentor"
  | "go-on-at"
  | "go-trainee"
  | "go-trainer"
  | "graded"
  | "graded-note"
  | "group-debrief"
  | "handed-in-seen"
  | "hands"
  | "hands-counted"
  | "hands-for"
  | "hands-help"
  | "hands-lead"
  | "hands-tie"
  | "hands-unreadable"
  | "harmful"
  | "home-intro"
  | "home-title"
  | "hours-minutes"
  | "in-prose-design"
  | "in-prose-sop"
  | "in-prose-verify"
  | "journal-damaged"
  | "journal-foreign"
  | "journal-not-writable"
  | "journal-too-large"
  | "journal-unreadable"
  | "keep-answers"
  | "keep-order"
  | "kept-here"
  | "lab-again"
  | "lab-assumes"
  | "lab-briefing"
  | "lab-busiest"
  | "lab-change"
  | "lab-debrief"
  | "lab-elsewhere"
  | "lab-figures"
  | "lab-finish"
  | "lab-finished-graded"
  | "lab-first-step"
  | "lab-full"
  | "lab-invented"
  | "lab-next"
  | "lab-no-kernel"
  | "lab-not-kept"
  | "lab-open-app"
  | "lab-page"
  | "lab-part"
  | "lab-skip"
  | "lab-skipped"
  | "lab-unfinished"
  | "lab-unskip"
  | "language"
  | "later"
  | "lesson-ended"
  | "lesson-finished"
  | "lesson-next"
  | "lessons"
  | "level"
  | "link-refused"
  | "link-refused-help"
  | "look-up"
  | "mark-design"
  | "mark-sop"
  | "mark-verify"
  | "marker-comment"
  | "match-help"
  | "mentor-help"
  | "meter-change"
  | "meter-lower"
  | "meter-value"
  | "meters"
  | "missing"
  | "module"
  | "module-unreadable"
  | "modules-of-course"
  | "move-down"
  | "move-up"
  | "my-answers"
  | "my-modules"
  | "newer-answers"
  | "next-level"
  | "next-question"
  | "no-exchange"
  | "no-module"
  | "no-modules"
  | "no-script"
  | "none-harmful"
  | "not-assignment"
  | "not-done"
  | "not-finished"
  | "not-forgotten"
  | "not-kept"
  | "not-marked"
  | "not-met"
  | "not-picked"
  | "not-released"
  | "not-right"
  | "not-saved"
  | "not-translated"
  | "note-number"
  | "notes"
  | "nothing-missing"
  | "notice"
  | "number-help"
  | "number-label"
  | "number-unreadable"
  | "open-app"
  | "open-module"
  | "open-notebook"
  | "opening-asks"
  | "order-help"
  | "order-kept"
  | "order-not-kept"
  | "other-ways"
  | "page-code"
  | "page-forbidden"
  | "page-full"
  | "page-is-script"
  | "page-needs-script"
  | "page-offline"
  | "partly-right"
  | "pass-alone"
  | "pass-class"
  | "pass-counts"
  | "pass-form-rule"
  | "pass-no-results"
  | "pass-not-counted"
  | "pass-open"
  | "pass-points"
  | "pass-rule"
  | "pass-rule-sets"
  | "pass-safety"
  | "pass-safety-set"
  | "pass-so-far"
  | "pass-standing"
  | "path"
  | "path-about"
  | "path-elsewhere"
  | "path-left-out"
  | "path-lesson"
  | "path-title"
  | "path-with"
  | "path-without"
  | "pick-first"
  | "position"
  | "practice"
  | "practice-apps"
  | "practice-done"
  | "practice-edition"
  | "practice-note"
  | "practice-seen"
  | "pretest"
  | "pretest-feedback"
  | "pretest-note"
  | "principle"
  | "print"
  | "questions"
  | "quick-exit"
  | "quick-exit-help"
  | "read-again"
  | "read-feedback"
  | "receipt"
  | "receipt-answers"
  | "receipt-code"
  | "receipt-next"
  | "receipt-time"
  | "reflections"
  | "replay-turning"
  | "restart"
  | "restore"
  | "restore-failed"
  | "restore-foreign"
  | "restore-large"
  | "restore-unreadable"
  | "restored"
  | "restored-nothing"
  | "retry"
  | "right"
  | "right-answer"
  | "right-not-picked"
  | "right-order"
  | "role-help-mentor"
  | "role-help-trainee"
  | "role-help-trainer"
  | "role-mentor"
  | "role-trainee"
  | "role-trainer"
  | "roles"
  | "room-column"
  | "room-ending"
  | "rubric"
  | "safety-all-right"
  | "safety-form-about"
  | "safety-form-title"
  | "safety-mark"
  | "safety-missed"
  | "safety-title"
  | "same-choice"
  | "save-answers"
  | "saved"
  | "saved-here"
  | "scenarios"
  | "scenarios-alone"
  | "search"
  | "search-none"
  | "share-answers"
  | "show-goes-on"
  | "show-keeps"
  | "show-no-cases"
  | "show-phones"
  | "show-stop"
  | "show-trust"
  | "show-waits"
  | "skip"
  | "skip-warm-up"
  | "skipped"
  | "skipped-mark"
  | "source"
  | "sources"
  | "start"
  | "state-answered"
  | "state-begun"
  | "state-changed"
  | "state-feedback"
  | "state-not-started"
  | "state-read"
  | "state-submitted"
  | "step-of"
  | "storage-full"
  | "submit"
  | "submit-again"
  | "submit-failed"
  | "submit-missing"
  | "submit-no-answer"
  | "submit-title"
  | "submit-unknown"
  | "submit-wait"
  | "submitting"
  | "table"
  | "talk-about"
  | "talk-after"
  | "talk-again-from-here"
  | "talk-agreed"
  | "talk-behaviours"
  | "talk-better"
  | "talk-consent"
  | "talk-earlier"
  | "talk-explain"
  | "talk-finished-graded"
  | "talk-friend"
  | "talk-know"
  | "talk-lines"
  | "talk-listen"
  | "talk-missed"
  | "talk-needless"
  | "talk-nothing"
  | "talk-own-life"
  | "talk-pause"
  | "talk-pause-text"
  | "talk-plan"
  | "talk-points"
  | "talk-practice"
  | "talk-questions"
  | "talk-safety"
  | "talk-shown-at"
  | "talk-skip"
  | "talk-skipped"
  | "talk-unplanned"
  | "talk-unskip"
  | "talk-welcome"
  | "talk-what-do-you-say"
  | "talk-you"
  | "text-help-short"
  | "text-label"
  | "time-left"
  | "to-lesson"
  | "to-questions"
  | "to-text"
  | "training-notice"
  | "turning-point"
  | "unanswered"
  | "unknown-activity"
  | "unsaved-help"
  | "unskip"
  | "warm-up-end"
  | "what-happens"
  | "where-am-i"
  | "why"
  | "why-not-others"
  | "word-count"
  | "you-learn"
  | "your-choice";

export type CountedKey =
  | "answers-saved"
  | "apps-found"
  | "class-notebook-wait"
  | "class-unsent"
  | "hours"
  | "minutes"
  | "points"
  | "search-found"
  | "warm-up-about";
