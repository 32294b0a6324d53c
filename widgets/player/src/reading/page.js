/* A reader's page: one part at a time, a judgement under each entry, and at the end one file. The texts stand in the page
   already; here are only its controls. */

import { button, byName, element, fill, useDigits } from "../elements.js";
import { useFacts } from "../language_facts.js";
import { asData, fromData, newWork, sealed, signedParts, storageKey } from "./findings.js";
import { changedWords, standsIn } from "./texts.js";

/** @import { Counted } from "../types.js" */
/** @import { Facts } from "../language_facts.js" */
/** @import { About, Correction, Entry, Judged, Verdict, Work } from "./findings.js" */

/**
 * @typedef {object} Data
 * @property {About} about
 * @property {string} key
 * @property {string} digits
 * @property {Facts} facts
 * @property {Record<string, string | Counted>} strings
 * @property {{ minutes: number, parts: string[] }[]} sittings
 * @property {{ id: string, title: string }[]} parts
 * @property {Entry[]} entries
 * @property {[place: string, english: string, translation: string | null][]} units
 * @property {{ id: string, hash: string }[]} terms
 */

const LARGEST = 5_000_000; // bytes of a file that is brought back
const TERMS = "terms";
const FINISH = "finish";

/** @type {Data} */
const data = JSON.parse(byName("himaya-data").textContent ?? "");
useFacts(data.facts);
useDigits(data.digits);
const inEnglish = data.about.kind === "dossier";
const key = storageKey(data.about);
const pages = [...data.parts.map((part) => part.id), ...(data.terms.length > 0 ? [TERMS] : []), FINISH];

/** @param {string} name
 * @param {object} values */
const word = (name, values = {}) => fill(data.strings[name] ?? name, values);

/** @param {string} text */
const announce = (text) => {
  byName("himaya-announce").textContent = text;
};

// --- what was decided

let kept = true;
/** @type {Work} */
let work = restored();

function restored() {
  try {
    return fromData(JSON.parse(localStorage.getItem(key) ?? "null"), data.entries, data.terms).work;
  } catch {
    return newWork();
  }
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(asData(work)));
    kept = true;
  } catch {
    kept = false; // forbidden or full storage: the page says so, and the file still saves everything
  }
  drawKept();
}

// --- one entry

/** @param {number} at */
const textOf = (at) => (inEnglish ? data.units[at][1] : (data.units[at][2] ?? ""));

/** @param {Entry} entry
 * @returns {Judged} */
const judgedOf = (entry) => work.judged.get(entry.id) ?? { id: entry.id, hash: entry.hash ?? "", verdict: "accept", note: "", corrections: [] };

const STATES = { accept: "accepted", correct: "corrected", reject: "rejected" };

/** @param {HTMLElement} article
 * @param {Entry} entry
 * @param {string | null} focus */
function drawEntry(article, entry, focus = null) {
  const judged = work.judged.get(entry.id);
  const open = article.dataset.open ?? "";
  const state = judged ? word(STATES[judged.verdict]) : entry.hash === null ? word("untranslated") : word("not-judged");
  article.dataset.state = judged?.verdict ?? "";
  const box = element("div", { class: "judge" }, element("p", { class: "state" }, state));
  const choose = (/** @type {Verdict} */ verdict) =>
    button(verdict, word(verdict), () => judge(article, entry, verdict), { "aria-pressed": judged?.verdict === verdict ? "true" : "false", class: verdict });
  const allowed = /** @type {Verdict[]} */ (["accept", ...(entry.units.length > 0 ? ["correct"] : []), "reject"]);
  if (entry.hash !== null) box.append(element("div", { class: "buttons", role: "group", "aria-label": word("judgement") }, ...allowed.map(choose)));
  if (judged?.verdict === "correct" || open === "correct") box.append(...corrections(article, entry));
  if (judged?.verdict === "reject" || open === "reject") box.append(reason(article, entry));
  article.querySelector(":scope > .judge")?.replaceWith(box);
  if (box.parentNode === null) article.append(box);
  if (focus !== null) /** @type {HTMLElement | null} */ (box.querySelector(`[data-key="${focus}"]`))?.focus();
}

/** @param {HTMLElement} article
 * @param {Entry} entry
 * @param {Verdict} verdict */
function judge(article, entry, verdict) {
  if (verdict === "accept") {
    article.dataset.open = "";
    set(entry, { ...judgedOf(entry), verdict, corrections: [], note: "" });
    drawEntry(article, entry, "accept");
    announce(word("accepted"));
    const next = /** @type {HTMLElement | null} */ (article.nextElementSibling?.matches("article") ? article.nextElementSibling.querySelector("h3") : document.querySelector(".turn.next"));
    next?.focus();
    next?.scrollIntoView({ block: next.matches("h3") ? "start" : "nearest" });
    return;
  }
  article.dataset.open = verdict; // judged only once there is a correction or a reason
  if (verdict === "reject" && (judgedOf(entry).note !== "" || judgedOf(entry).verdict === "reject")) set(entry, { ...judgedOf(entry), verdict, corrections: [] });
  else if (verdict !== judgedOf(entry).verdict) unset(entry);
  drawEntry(article, entry, verdict === "correct" ? "which" : "reason");
}

/** @param {Entry} entry
 * @param {Judged} judged */
function set(entry, judged) {
  work.judged.set(entry.id, judged);
  keep();
  drawProgress();
}

/** @param {Entry} entry */
function unset(entry) {
  work.judged.delete(entry.id);
  keep();
  drawProgress();
}

/** @param {HTMLElement} article
 * @param {Entry} entry */
function reason(article, entry) {
  const name = `reason-${entry.id}`;
  const help = element("p", { class: "facts", id: `${name}-help` }, word("reason-needed"));
  const field = element("textarea", { id: name, rows: 3, maxlength: 2000, "data-key": "reason", "aria-describedby": `${name}-help`, value: judgedOf(entry).note, dir: "auto" });
  field.addEventListener("input", () => {
    const note = field.value;
    if (note.trim() === "") unset(entry);
    else set(entry, { ...judgedOf(entry), verdict: "reject", corrections: [], note });
    article.dataset.state = note.trim() === "" ? "" : "reject";
    const state = article.querySelector(".judge .state");
    if (state) state.textContent = note.trim() === "" ? word("not-judged") : word("rejected");
  });
  return element("div", { class: "work" }, element("label", { for: name }, word("reason")), field, help);
}

/** @param {HTMLElement} article
 * @param {Entry} entry */
function corrections(article, entry) {
  const made = judgedOf(entry).corrections;
  const list = made.map((one, at) =>
    element(
      "li",
      {},
      element("del", { dir: "auto" }, one.old),
      element("ins", { dir: "auto" }, one.new),
      element("p", { class: "facts" }, one.everywhere === null ? word("here") : word("everywhere-as", { from: one.everywhere.from, to: one.everywhere.to })),
      button(`remove-${at}`, word("remove-correction"), () => {
        const rest = made.filter((_, other) => other !== at);
        if (rest.length > 0) set(entry, { ...judgedOf(entry), verdict: "correct", corrections: rest });
        else unset(entry);
        article.dataset.open = "correct";
        drawEntry(article, entry, "which");
      }),
    ),
  );
  const options = entry.units.map((unit) => element("option", { value: unit }, shortened(textOf(unit))));
  const which = element("select", { id: `which-${entry.id}`, "data-key": "which" }, ...options);
  const field = element("textarea", { id: `new-${entry.id}`, rows: 5, maxlength: 9000, dir: "auto" });
  const here = radio(`scope-${entry.id}`, "here", word("here"), true);
  const all = radio(`scope-${entry.id}`, "everywhere", word("everywhere"), false);
  const from = element("input", { type: "text", id: `from-${entry.id}`, dir: "auto" });
  const to = element("input", { type: "text", id: `to-${entry.id}`, dir: "auto" });
  const others = element("div", { class: "others" });
  const phrases = element("div", { class: "phrases", hidden: true }, labelledField(from, word("from")), labelledField(to, word("to")), others);
  const problem = element("p", { class: "problem", role: "alert" });
  const begin = () => {
    field.value = textOf(Number(which.value));
    refresh();
  };
  const refresh = () => {
    const changed = changedWords(textOf(Number(which.value)), field.value.trim());
    from.value = changed.from;
    to.value = changed.to;
    listOthers();
  };
  const listOthers = () => {
    const found = placesWith(from.value, Number(which.value));
    others.replaceChildren(
      element("p", {}, found.length === 0 ? word("no-others") : word("others", { n: found.length })),
      element("ul", {}, ...found.slice(0, 30).map((text) => element("li", { dir: "auto" }, shortened(text, 140)))),
    );
  };
  which.addEventListener("change", begin);
  field.addEventListener("input", refresh);
  from.addEventListener("input", listOthers);
  for (const one of [here, all]) {
    one.input.addEventListener("change", () => {
      phrases.hidden = !all.input.checked;
    });
  }
  const save = button("keep-correction", word("keep-correction"), () => {
    const unit = Number(which.value);
    const [old, now] = [textOf(unit), field.value.trim()];
    const everywhere = all.input.checked ? { from: from.value.trim(), to: to.value.trim() } : null;
    if (now === "" || now === old) problem.textContent = word("nothing-changed");
    else if (everywhere && (everywhere.from.length < 2 || everywhere.to === "")) problem.textContent = word("phrase-needed");
    else {
      /** @type {Correction} */
      const correction = { place: data.units[unit][0], text: data.units[unit][1], old, new: now, everywhere };
      const same = (/** @type {Correction} */ one) => one.place === correction.place && one.text === correction.text;
      set(entry, { ...judgedOf(entry), verdict: "correct", note: "", corrections: [...made.filter((one) => !same(one)), correction] });
      drawEntry(article, entry, "which");
      announce(word("corrected"));
    }
  });
  begin();
  return [
    made.length > 0 ? element("ul", { class: "made" }, ...list) : "",
    element(
      "div",
      { class: "work" },
      element("label", { for: which.id }, word("which")),
      which,
      element("label", { for: field.id }, word("new-text")),
      field,
      element("fieldset", {}, element("legend", {}, word("where")), here.label, all.label, phrases),
      problem,
      save,
    ),
  ];
}

/** @param {string} name
 * @param {string} value
 * @param {string} text
 * @param {boolean} checked */
function radio(name, value, text, checked) {
  const input = element("input", { type: "radio", name, value, checked });
  return { input, label: element("label", { class: "choice" }, input, element("span", {}, text)) };
}

/** @param {HTMLInputElement} field
 * @param {string} text */
const labelledField = (field, text) => element("p", {}, element("label", { for: field.id }, text), field);

/** @param {string} phrase
 * @param {number} but */
const placesWith = (phrase, but) => data.units.flatMap((_, at) => (at !== but && phrase.length > 1 && standsIn(textOf(at), phrase, inEnglish) ? [textOf(at)] : []));

/** @param {string} text
 * @param {number} most */
function shortened(text, most = 90) {
  const plain = text.replace(/\s+/g, " ");
  return plain.length <= most ? plain : `${plain.slice(0, most)} …`;
}

// --- terms

function readyTerms() {
  for (const box of /** @type {NodeListOf<HTMLFieldSetElement>} */ (document.querySelectorAll("[data-term]"))) {
    const id = box.dataset.term ?? "";
    const term = data.terms.find((one) => one.id === id);
    const decided = work.terms.get(id);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("input[type=radio]"))) {
      input.checked = input.value === (decided?.choice ?? "");
      input.addEventListener("change", () => {
        if (input.value === "") work.terms.delete(id);
        else work.terms.set(id, { id, hash: term?.hash ?? "", choice: input.value, note: "" });
        keep();
        drawProgress();
      });
    }
  }
}

// --- the way through

let at = "start";

/** @param {string} part */
const counts = (part) => {
  const entries = data.entries.filter((entry) => entry.part === part);
  return { n: entries.filter((entry) => work.judged.has(entry.id)).length, total: entries.length };
};

/** @param {string} part */
function titleOf(part) {
  if (part === TERMS) return word("terms");
  if (part === FINISH) return word("finish");
  return data.parts.find((one) => one.id === part)?.title ?? part;
}

/** @param {string} part */
function go(part) {
  at = part;
  byName("start").hidden = part !== "start";
  byName("himaya-contents").hidden = part !== "start";
  byName("himaya-finish").hidden = part !== FINISH;
  for (const section of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("section.part"))) section.hidden = section.dataset.part !== part;
  if (part === FINISH) drawFinish();
  drawProgress();
  drawTurns();
  const heading = /** @type {HTMLElement | null} */ (document.querySelector(part === "start" ? "h1" : part === FINISH ? "#himaya-finish h2" : `section.part[data-part="${CSS.escape(part)}"] h2`));
  globalThis.scrollTo(0, 0);
  heading?.focus({ preventScroll: true });
  try {
    sessionStorage.setItem(`${key}:at`, part);
  } catch {
    // It then opens at its beginning.
  }
}

function drawProgress() {
  const nav = byName("himaya-contents");
  const n = data.entries.filter((entry) => work.judged.has(entry.id)).length;
  const link = (/** @type {string} */ part) => {
    const { n: done, total } = counts(part);
    const state = part === TERMS ? word("progress", { n: work.terms.size, total: data.terms.length }) : part === FINISH ? "" : word("progress", { n: done, total });
    const whole = total > 0 && done === total;
    return element("li", {}, button(`go-${part}`, `${whole ? "✓ " : ""}${titleOf(part)}`, () => go(part)), element("span", { class: "facts" }, state));
  };
  const sittings = data.sittings.map((sitting, index) =>
    element("li", {}, element("h3", {}, word("sitting", { n: index + 1, minutes: sitting.minutes })), element("ul", {}, ...sitting.parts.map(link))),
  );
  nav.replaceChildren(
    element("h2", {}, word("contents")),
    element("p", {}, word("progress", { n, total: data.entries.length })),
    element("progress", { max: data.entries.length, value: n, "aria-label": word("progress", { n, total: data.entries.length }) }),
    element("ol", { class: "sittings" }, ...sittings),
    element("ul", {}, ...pages.slice(data.parts.length).map(link)),
  );
  const small = document.querySelector(".turns .facts");
  if (small && at !== "start" && at !== FINISH && at !== TERMS) small.textContent = word("progress", counts(at));
}

const turns = element("div", { class: "turns" });

function drawTurns() {
  const index = pages.indexOf(at);
  const back = index > 0 ? pages[index - 1] : "start";
  const next = index + 1 < pages.length ? pages[index + 1] : null;
  turns.replaceChildren(
    ...(at === "start" ? [] : [button("back", word("back"), () => go(back), { class: "turn" }), button("contents", word("contents"), () => go("start"), { class: "turn" })]),
    ...(next === null ? [] : [button("next", word(at === "start" ? "begin" : "next"), () => go(next), { class: "turn next" })]),
    element("span", { class: "facts" }, at === "start" || at === FINISH || at === TERMS ? "" : word("progress", counts(at))),
  );
}

function drawKept() {
  byName("himaya-kept").replaceChildren(element("p", { class: kept ? "facts" : "draft", role: kept ? null : "alert" }, word(kept ? "kept" : "not-kept")), bringBack());
}

// --- a file out, and back in

function bringBack() {
  const input = element("input", { type: "file", accept: ".json,application/json", id: "himaya-bring" });
  const told = element("p", { role: "status" });
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    try {
      if (file.size > LARGEST) throw new Error("too large");
      const found = JSON.parse(await file.text());
      const same = found?.about?.kind === data.about.kind && found.about.name === data.about.name && found.about.language === data.about.language;
      if (!same) throw new Error("another module");
      const { work: theirs, skipped } = fromData(found, data.entries, data.terms);
      for (const [id, judged] of theirs.judged) work.judged.set(id, judged);
      for (const [id, term] of theirs.terms) work.terms.set(id, term);
      if (work.reader.role === "") work.reader = theirs.reader;
      keep();
      drawAll();
      announce(word("brought", { n: theirs.judged.size, skipped }));
      const again = byName("himaya-kept").querySelector("[role=status]");
      if (again) again.textContent = word("brought", { n: theirs.judged.size, skipped });
    } catch {
      told.textContent = word("bring-failed");
    }
  });
  return element("details", {}, element("summary", {}, word("bring")), element("label", { for: "himaya-bring" }, word("bring-which")), input, told);
}

/** Today as the reader's own calendar has it. */
function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function drawFinish() {
  const signed = signedParts(work, data.entries);
  const { reader } = work;
  const name = element("input", { type: "text", id: "reader-name", autocomplete: "name", maxlength: 120, value: reader.name, disabled: reader.unnamed, dir: "auto" });
  const unnamed = element("input", { type: "checkbox", id: "reader-unnamed", checked: reader.unnamed });
  const role = element("input", { type: "text", id: "reader-role", maxlength: 200, value: reader.role, dir: "auto", "aria-describedby": "reader-role-help" });
  const agree = element("input", { type: "checkbox", id: "reader-agree" });
  const told = element("p", { role: "status", class: "problem" });
  const remember = () => {
    work.reader = { name: unnamed.checked ? "" : name.value.trim(), unnamed: unnamed.checked, role: role.value.trim() };
    name.disabled = unnamed.checked;
    keep();
  };
  for (const field of [name, unnamed, role]) field.addEventListener("input", remember);
  const save = button("save", word("save"), () => {
    remember();
    if (work.reader.role === "" || (work.reader.name === "" && !work.reader.unnamed)) told.textContent = word("role-needed");
    else if (work.judged.size + work.terms.size === 0) told.textContent = word("nothing-yet");
    else if (signed.length > 0 && !agree.checked) told.textContent = word("agree-needed");
    else {
      const file = `findings-${data.about.name}-${data.about.language}-${today()}.json`;
      const address = URL.createObjectURL(new Blob([`${JSON.stringify(sealed(work, data.about, data.key, today()), null, 1)}\n`], { type: "application/json" }));
      element("a", { href: address, download: file }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
      told.textContent = word("saved", { name: file });
    }
  }, { class: "main" });
  byName("himaya-finish").replaceChildren(
    element("h2", { tabindex: -1 }, word("finish")),
    element("p", {}, word("progress", { n: work.judged.size, total: data.entries.length })),
    signed.length === 0 ? element("p", {}, word("none-signed")) : element("div", {}, element("p", {}, word("parts-signed")), element("ul", {}, ...signed.map((part) => element("li", {}, titleOf(part))))),
    labelledField(name, word("name")),
    element("label", { class: "choice" }, unnamed, element("span", {}, word("unnamed"))),
    labelledField(role, word("role")),
    element("p", { class: "facts", id: "reader-role-help" }, word("role-help")),
    ...(signed.length > 0 ? [element("label", { class: "choice" }, agree, element("span", {}, word("agree")))] : []),
    element("div", { class: "buttons" }, save),
    told,
    element("p", { class: "facts" }, word("proof")),
  );
}

function drawAll() {
  const entries = new Map(data.entries.map((entry) => [entry.id, entry]));
  for (const article of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("article[data-entry]"))) {
    const entry = entries.get(article.dataset.entry ?? "");
    if (entry) drawEntry(article, entry);
  }
  drawKept();
  drawProgress();
}

/** Let a danger lead to the entries in which it is planned. */
function readyLinks() {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("a[data-to]"))) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const entry = data.entries.find((one) => one.id === link.dataset.to);
      if (!entry) return;
      go(entry.part);
      const heading = /** @type {HTMLElement | null} */ (document.querySelector(`article[data-entry="${CSS.escape(entry.id)}"] h3`));
      heading?.focus({ preventScroll: true });
      heading?.scrollIntoView({ block: "start" });
    });
  }
}

/** Make the page ready: without its script it is one long text to read or print. */
export function openReading() {
  byName("himaya-finish").after(turns);
  drawAll();
  readyTerms();
  readyLinks();
  let first = "start";
  try {
    first = sessionStorage.getItem(`${key}:at`) ?? "start";
  } catch {
    // It opens at its beginning.
  }
  document.documentElement.dataset.ready = "true";
  go(pages.includes(first) ? first : "start");
}
