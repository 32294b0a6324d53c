/* One step of a module at a time: header, lesson list, Back and Continue, deep links, and the drawer of what is looked up. */

import { button, duration, element, fill } from "./elements.js";
import { leaves } from "./exit.js";
import { after, afterFinished, allFinished, before, isDone, lastOf, leftBehind, minutesLeft, numberIn, partOf, readSeen, shareDone, WARM_UP } from "./lessons.js";

/** @import { Lesson, Step } from "./lessons.js" */
/** @import { Say } from "./types.js" */

/** @typedef {ReturnType<typeof openSteps>} Stepper */

const SVG = "http://www.w3.org/2000/svg";
const COVER = 0;
const ANSWERS = "answers";
const FIRST = 1; // is never kept as a place, since what was finished on another device may become known only after it

/** Show the cover or the step that the address names, and make everything that leads to another one.
 * @param {{ lessons?: Lesson[], draft_lessons?: string[], owner: string, say: Say }} page */
export function openSteps({ lessons = [], draft_lessons: drafts = [], owner, say: said }) {
  let say = said;
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  const screens = /** @type {HTMLElement[]} */ (Array.from(main.querySelectorAll(":scope > .step")));
  /** @type {Step[]} */
  const steps = screens.map(({ id }, at) => ({ id, part: partOf(id), activities: shownIn(screens[at]) }));
  /** @type {Map<string, boolean>} */
  let finished = new Map();
  let at = COVER;
  const [placeKey, seenKey] = [`himaya:${owner}:place`, `himaya:${owner}:seen`];

  /** @param {string} key */
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  /** @param {string} key
   * @param {string} value */
  const keep = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Without storage nothing is remembered, and everything else works.
    }
  };
  const seen = readSeen(kept(seenKey), steps);
  /** Steps that were left on any device, as what is finished after them says.
   * @type {Set<string>} */
  let passed = new Set();
  /** @param {Step} step */
  const done = (step) => isDone(step, seen, finished) || isDone(step, passed, finished);

  /** @type {Map<string, number>} */
  const places = new Map();
  /** What the lesson list calls each part; the title of the module for what stands in no list.
   * @type {Map<string, string>} */
  const titles = new Map();
  /** The ways past the questions before the module, by the step they stand in.
   * @type {Map<number, HTMLElement>} */
  const skips = new Map();
  /** What ends each lesson, by its last step.
   * @type {Map<number, HTMLElement>} */
  const ends = new Map();
  decorate();

  // What surrounds a step.
  const drawer = element("dialog", { class: "drawer" });
  const close = button("close-drawer", "", closeDrawer);
  const ways = main.querySelector(":scope > .around"); // out of an app: on the cover, and in the drawer of each step
  const languages = main.querySelector(".around > :is(.languages, #himaya-languages)"); // on the cover, and in the header of each step
  const languagesOfCover = languages?.parentElement;
  const lookedUp = document.getElementById("look-up");
  if (lookedUp !== null) drawer.append(close, lookedUp);
  const title = element("h1", {});
  const segments = element("ol", { class: "segments", "aria-hidden": "true" }, ...lessons.map(() => element("li", {})));
  const list = button("lessons", "", () => show(COVER));
  const lookUp = button("look-up", "", () => (drawer.open ? closeDrawer() : openDrawer()), { "aria-expanded": "false" });
  const languageName = element("span", { class: "himaya-announce" });
  const choices = element("nav", {});
  const opener = element("summary", {}, globe(), languageName);
  const menu = element("details", { class: "himaya-menu" }, opener, choices);
  const bar = element("div", { class: "bar" }, list, lookUp, languages === null ? null : menu);
  const header = document.querySelector("body > header");
  header?.append(bar, title);
  header?.after(segments);
  const where = element("p", { role: "status" });
  /** Where one was before the answers: they are opened from the list of lessons, too. */
  let left = -1;
  const back = button("previous", "", () => show(steps[at].id === ANSWERS && left >= 0 ? left : before(steps, at)));
  const next = button("next", "", forward, { class: "himaya-main" });
  main.tabIndex = 0; // what scrolls is reached by keyboard
  main.after(drawer, element("footer", {}, back, where, next));
  label();

  /** Say what never changes in one language. */
  function label() {
    drawer.setAttribute("aria-label", say("look-up"));
    const heading = drawer.querySelector("h2");
    if (heading !== null) heading.tabIndex = -1;
    close.textContent = say("close");
    list.textContent = say("lessons");
    lookUp.textContent = say("look-up");
    languageName.textContent = say("language");
    choices.setAttribute("aria-label", say("language"));
    back.textContent = say("go-back");
  }

  /** Add to each step what its text does not say. */
  function decorate() {
    for (const map of [places, titles, skips, ends]) map.clear();
    for (const { part } of steps) {
      if (titles.has(part)) continue;
      const listed = document.querySelector(`nav a[href="#${part}.1"] > span`) ?? screens[COVER].querySelector("h1");
      titles.set(part, listed?.textContent ?? "");
    }
    for (const [number, screen] of screens.entries()) {
      for (const { id } of [screen, ...screen.querySelectorAll("[id]")]) places.set(id, number);
      for (const id of steps[number].activities) places.set(id, number);
      if (steps[number].part === WARM_UP) screen.append(...around(number));
      if (number !== COVER) headed(screen, number);
    }
    for (const { id } of lessons) {
      const end = element("p", { class: "lesson-end", role: "status" });
      ends.set(lastOf(steps, id), end);
      screens[lastOf(steps, id)]?.append(end);
    }
    for (const id of drafts) {
      document.querySelector(`nav a[href="#${id}.1"] .facts`)?.append(element("span", { class: "draft" }, say("draft-short")));
      document.getElementById(`${id}.1`)?.firstElementChild?.after(element("p", { class: "draft" }, say("draft-short")));
    }
  }

  /** What stands below a question before the module: a way past all of them, and below the last that it is the last.
   * @param {number} number */
  function around(number) {
    const past = after(steps, WARM_UP);
    if (number === past - 1) return [element("p", { class: "warm-up-end" }, say("warm-up-end"))];
    const skip = element("p", { class: "skip-warm-up" }, button("skip-warm-up", say("skip-warm-up"), () => show(past)));
    skips.set(number, skip);
    return [skip];
  }

  /** A step without a heading gets one that is heard: it has the focus when the step opens.
   * @param {HTMLElement} screen
   * @param {number} number */
  function headed(screen, number) {
    const own = screen.querySelector(":scope > h2:first-child");
    const heading = own instanceof HTMLElement ? own : element("h2", { class: "himaya-announce step-heading" });
    if (heading !== own) {
      heading.append(element("span", {}, `${titleOf(number)}. ${fill(say("step-of"), numberIn(steps, number))}`));
      screen.prepend(heading);
    }
    heading.tabIndex = -1;
  }

  /** @param {number} number */
  function titleOf(number) {
    return titles.get(steps[number].part) ?? "";
  }

  /** Where to go on: where this browser was last, else after what was finished on another device. */
  function resumed() {
    const place = places.get(kept(placeKey) ?? "") ?? COVER;
    return place === COVER ? afterFinished(steps, finished) : place;
  }

  function forward() {
    if (at === COVER) return show(resumed());
    for (const id of readSeen(kept(seenKey), steps)) seen.add(id); // another tab may have left some
    seen.add(steps[at].id);
    keep(seenKey, JSON.stringify([...seen]));
    show(Math.min(at + 1, steps.length - 1));
  }

  /** @param {number} number
   * @param {{ push?: boolean, focus?: boolean }} how */
  function show(number, { push = true, focus = true } = {}) {
    if (steps[number].id === ANSWERS && at !== number) left = at;
    at = number;
    const { id } = steps[at];
    for (const [each, screen] of screens.entries()) screen.hidden = each !== at;
    if (push && location.hash !== `#${id}`) history.pushState({ depth: (history.state?.depth ?? 0) + 1 }, "", `#${id}`);
    if (at > FIRST && steps[at].part !== "") keep(placeKey, id);
    closeDrawer();
    if (ways !== null && at === COVER) main.prepend(ways);
    else if (ways !== null) close.after(ways);
    if (languages !== null) (at === COVER ? languagesOfCover : choices)?.append(languages);
    menu.open = false;
    menu.hidden = at === COVER;
    document.dispatchEvent(new Event("himaya-shown")); // what stands in it may be drawn only now
    draw();
    main.scrollTop = 0;
    if (focus) land();
  }

  function land() {
    const heading = screens[at].querySelector("h1, h2");
    if (!(heading instanceof HTMLElement)) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /** Draw anew what tells how far somebody is. */
  function draw() {
    const cover = at === COVER;
    const { part } = steps[at];
    title.textContent = titleOf(at);
    title.hidden = cover;
    back.hidden = cover;
    next.hidden = at === steps.length - 1;
    const begun = resumed() > FIRST || seen.size > 0;
    for (const [number, skip] of skips) skip.hidden = skipped(number);
    const ready = allFinished(steps[at], finished);
    const offer = steps[at].activities.length === 0 && skips.get(at)?.hidden === false;
    next.textContent = say(cover && !begun ? "start" : offer ? "to-questions" : cover || ready ? "continue" : passing());
    next.classList.toggle("himaya-main", cover || ready);
    const end = ends.get(at);
    const ended = end === undefined || !ready ? [] : endOf(part);
    if (end !== undefined && end.textContent !== ended.join("")) end.replaceChildren(...ended.map((line) => element("span", {}, line)));
    const here = lessons.filter(({ id }) => id === part);
    const left = minutesLeft(cover ? lessons : here, steps, done);
    const times = left > 0 ? fill(say("time-left"), { time: duration(left, say) }) : "";
    const step = part === "" ? "" : fill(say("step-of"), numberIn(steps, at));
    const lines = [cover && begun ? fill(say("go-on-at"), { title: titleOf(resumed()) }) : step, times].filter((line) => line !== "");
    where.replaceChildren(...lines.flatMap((line) => [element("span", {}, line), " "]));
    for (const [number, { id }] of lessons.entries()) {
      const segment = /** @type {HTMLElement} */ (segments.children[number]);
      const share = shareDone(id, steps, done);
      segment.style.setProperty("--done", String(share));
      segment.classList.toggle("here", id === part);
      tick(id, share === 1);
    }
  }

  /** How going on is called where something is not answered. */
  function passing() {
    if (steps[at].part !== WARM_UP) return "later";
    return steps[at + 1]?.part === WARM_UP ? "next-question" : "skip-warm-up";
  }

  /** What is said at the end of a lesson.
   * @param {string} lesson */
  function endOf(lesson) {
    const rest = steps.filter((step, number) => step.part === lesson && number !== at);
    const how = rest.every(done) ? "lesson-finished" : "lesson-ended";
    const next = lessons[lessons.findIndex(({ id }) => id === lesson) + 1];
    const said = [fill(say(how), { title: titles.get(lesson) ?? "" })];
    if (next !== undefined) said.push(fill(say("lesson-next"), { title: titles.get(next.id) ?? "", time: duration(next.minutes, say) }));
    return said;
  }

  /** Whether a step offers no way past the questions before the module: its own is answered, or all are.
   * @param {number} number */
  const skipped = (number) =>
    (steps[number].activities.length > 0 && allFinished(steps[number], finished)) ||
    steps.every((step) => step.part !== WARM_UP || allFinished(step, finished));

  /** Tell in the lesson list that a lesson is done, or that it is not.
   * @param {string} lesson
   * @param {boolean} whole */
  function tick(lesson, whole) {
    const said = [element("span", { "aria-hidden": "true" }, "✓"), element("span", { class: "himaya-announce" }, say("done"))];
    document.querySelector(`[data-part="${lesson}"]`)?.replaceChildren(...(whole ? said : []));
  }

  function openDrawer() {
    drawer.show();
    main.inert = true;
    lookUp.setAttribute("aria-expanded", "true");
    drawer.querySelector("h2")?.focus();
  }

  function closeDrawer() {
    const within = drawer.contains(document.activeElement);
    if (drawer.open) drawer.close();
    main.inert = false;
    lookUp.setAttribute("aria-expanded", "false");
    if (within) lookUp.focus();
  }

  /** Show an element wherever it is: in a step, folded, or in the drawer.
   * @param {HTMLElement} target
   * @param {{ push?: boolean }} how */
  function reveal(target, { push = true } = {}) {
    const number = screens.findIndex((screen) => screen.contains(target));
    if (number >= 0) show(number, { push, focus: false });
    else if (drawer.contains(target)) openDrawer();
    for (let fold = target.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
    if (target.matches(":not(a[href], button, input, select, textarea, summary)")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: screens.includes(target) ? "start" : "center" });
  }

  /** Go to what has this name: a step, a heading, a lesson, an activity or something to look up.
   * @param {string} name
   * @param {{ push?: boolean, focus?: boolean }} how */
  function goTo(name, how = {}) {
    const number = places.get(name) ?? places.get(`${name}.1`);
    const target = document.getElementById(name);
    if (target !== null && drawer.contains(target)) reveal(target, how);
    else if (number !== undefined) {
      show(number, how);
      if (target !== null && target !== screens[number]) reveal(target, { push: false });
    }
  }

  const named = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return ""; // half a percent sign
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches(".skip")) land();
    else goTo(decodeURIComponent(link.getAttribute("href")?.slice(1) ?? ""));
  });
  globalThis.addEventListener("hashchange", () => {
    if (leaves) return;
    if (named() === "") show(COVER, { push: false });
    else goTo(named(), { push: false });
  });
  globalThis.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && drawer.open) closeDrawer();
    if (key === "Escape") closeMenu();
  });
  choices.addEventListener("click", closeMenu); // where a choice loads no other page
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Node && menu.contains(target))) menu.open = false;
  });
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (languages?.querySelectorAll("a") ?? [])) {
    link.addEventListener("click", () => {
      link.hash = location.hash; // a step is the same in each language
    });
  }

  function closeMenu() {
    const within = menu.contains(document.activeElement);
    menu.open = false;
    if (within) opener.focus();
  }

  document.addEventListener("himaya-forget", () => {
    seen.clear();
    draw();
  });

  // The box in which one hands in leads to what is still open.
  document.addEventListener("himaya-go", ({ target }) => {
    const number = screens.findIndex((screen) => target instanceof Node && screen.contains(target));
    if (number >= 0 && number !== at) show(number, { focus: false });
  });

  show(COVER, { push: false, focus: false });
  if (named() !== "") goTo(named(), { push: false, focus: false });
  document.documentElement.dataset.steps = "";

  return {
    screens,
    drawer,
    titleOf,
    reveal,
    /** Take in which activities are finished.
     * @param {Map<string, boolean>} now */
    update(now) {
      finished = now;
      passed = new Set(leftBehind(steps, now).map(({ id }) => id));
      draw();
    },
    /** Show the same step in another language.
     * @param {Say} other
     * @param {DocumentFragment} text Of the whole module. */
    speak(other, text) {
      say = other;
      for (const old of [...screens, ...(lookedUp === null ? [] : [lookedUp])]) {
        const fresh = text.querySelector(`[id="${CSS.escape(old.id)}"]`);
        if (fresh !== null) exchange(old, fresh);
      }
      decorate();
      label();
      draw();
    },
  };
}

/** Replace what stands in an element; activities stay as they are.
 * @param {HTMLElement} old
 * @param {Element} fresh */
function exchange(old, fresh) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (old.querySelectorAll("[data-show], [data-cell]"))) {
    const name = place.dataset.show === undefined ? "cell" : "show";
    fresh.querySelector(`[data-${name}="${CSS.escape(place.dataset[name] ?? "")}"]`)?.replaceWith(place);
  }
  old.replaceChildren(...fresh.childNodes);
}

/** A sign that needs no language. */
function globe() {
  const drawn = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  line.setAttribute("d", "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM3 12h18M12 3c-5 5-5 13 0 18c5-5 5-13 0-18z");
  drawn.append(line);
  return drawn;
}

/** @param {HTMLElement} screen */
function shownIn(screen) {
  const found = /** @type {NodeListOf<HTMLElement>} */ (screen.querySelectorAll("[data-show]"));
  return Array.from(found, ({ dataset }) => dataset.show ?? "");
}
