/* What stands on the first page of a class: who one is, other devices, hand-ins, feedback, and handing the phone on. */

import { ask, clearAll, DOOR, leaveWith, sendAll, statusOf } from "./class.js";
import { button, byName, element, fill } from "./elements.js";
import { saveFile } from "./file.js";

/** @import { Person } from "./class.js" */
/** @import { JournalEvent, PlainKey, Say } from "./types.js" */

/** @typedef {{ said: string, module: string }} Dated */
/** @typedef {{ name: string, ends: string, notebooks: boolean, devices: { id: number, said: string }[], receipts: (Dated & { answers: number, code: string })[],
 *   card: { who: string, said: string, n: number, claimed: string | null, seen: string } | null, feedback: Dated[], notes: { what: string, who: string, said: string }[] }} Mine */

/** What was done with an account, in words.
 * @type {Record<string, PlainKey>} */
const NOTES = {
  "first-card": "class-note-first-card",
  "new-card": "class-note-new-card",
  "signed-in": "class-note-signed-in",
  joined: "class-note-joined",
  "device-asks": "class-note-device-asks",
  "device-allowed": "class-note-device-allowed",
  "device-refused": "class-note-device-refused",
  "device-allowed-by": "class-note-device-allowed-by",
  "device-refused-by": "class-note-device-refused-by",
  "card-claimed": "class-note-card-claimed",
  "card-confirmed": "class-note-card-confirmed",
  "card-confirmed-by": "class-note-card-confirmed-by",
  "sessions-ended": "class-note-sessions-ended",
};

/** Offer what could not be sent as files; then it may be removed.
 * @param {Element} place
 * @param {Map<string, JournalEvent[]>} left
 * @param {Say} say
 * @param {() => void} remove */
export function offerUnsent(place, left, say, remove) {
  const n = [...left.values()].reduce((sum, rows) => sum + rows.length, 0);
  const told = element("p", { role: "status" });
  const save = () => {
    for (const [module, rows] of left) told.textContent = saveFile(rows, module, say);
  };
  place.replaceChildren(
    element("p", { role: "alert" }, fill(say("class-unsent"), { n }), " ", say("class-unsent-help")),
    element(
      "div",
      { class: "himaya-buttons" },
      button("save", say("save-answers"), save, { class: "himaya-main" }),
      button("erase-now", say("erase-now"), remove, { class: "himaya-danger" }),
    ),
    told,
  );
}

const ASK_AGAIN = 5000; // milliseconds, while all notebooks are in use

/** Modules as notebooks, for whoever wants one; it is not drawn again, so that nobody loses the place in the queue.
 * @param {Person} person
 * @param {Record<string, string>} titles Of the modules.
 * @param {Say} say */
function drawNotebooks(person, titles, say) {
  const told = element("p", { role: "status" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} module */
  async function open(module) {
    clearTimeout(timer);
    if (told.textContent === "") told.textContent = say("class-notebook-opens");
    try {
      const { address, place, minutes } = await ask("notebook", { module });
      if (address !== undefined) return location.assign(address);
      if (place === undefined) return void (told.textContent = say("class-notebook-off"));
      told.textContent = fill(say("class-notebook-wait"), { place, n: minutes });
      timer = setTimeout(open, ASK_AGAIN, module);
    } catch (error) {
      told.textContent = say(statusOf(error) === 401 ? "class-signed-out" : "class-no-link");
    }
  }

  const start = (/** @type {string} */ module) => {
    told.textContent = "";
    return open(module);
  };
  return element(
    "details",
    { id: "himaya-notebooks", hidden: true },
    element("summary", {}, say("class-notebooks")),
    element("p", { class: "himaya-help" }, say("class-notebooks-help")),
    element(
      "div",
      { class: "himaya-buttons" },
      ...person.modules.map((module) => button(`notebook-${module}`, titles[module] ?? module, () => start(module))),
    ),
    told,
  );
}

/** @param {Person} person
 * @param {Record<string, string>} titles Of the modules.
 * @param {Say} say */
export function drawHome(person, titles, say) {
  const place = byName("himaya-class");
  const hand = element("div", {});
  const mine = element("div", {});
  const told = element("p", { role: "status", id: "himaya-link" });

  async function draw() {
    try {
      /** @type {Mine} */
      const { name, ends, notebooks, devices, receipts, feedback, notes, card } = await ask("me", { language: document.documentElement.lang });
      told.textContent = fill(say("class-you"), { name });
      mine.replaceChildren(
        ...devices.map(({ id, said }) => asked(id, said)),
        ...(card ? [reissued(card)] : []),
        ...listed("class-feedback", feedback, ({ module, said }) => [
          element("a", { href: `/class/feedback/${module}` }, titles[module] ?? module), ` (${said})`,
        ]),
        ...listed("class-receipts", receipts, ({ module, said, code }) => [`${titles[module] ?? module}: ${said}, `, element("bdi", {}, code)]),
        ...listed("class-notes", notes, ({ what, who, said }) => [
          `${said}: `, ...(what in NOTES ? [fill(say(NOTES[what]), { who })] : []),
        ]),
        element("p", { class: "himaya-help" }, fill(say("class-kept"), { ends })),
      );
      books.hidden = !notebooks;
    } catch (error) {
      told.textContent = say(statusOf(error) === 401 ? "class-signed-out" : "class-no-link");
    }
  }

  /** What was answered with a new card that somebody else made.
   * @param {NonNullable<Mine["card"]>} card */
  function reissued({ who, said, n, claimed, seen }) {
    const mine = async () => {
      await ask("card", { seen }).catch(() => null); // where more came since, it is asked about again
      await draw();
    };
    if (claimed !== null) return element("section", { class: "note" }, element("p", {}, fill(say("class-card-claimed"), { who, said, n, claimed })));
    return element(
      "section",
      { class: "note" },
      element("p", {}, fill(say("class-card"), { who, said, n })),
      element("div", { class: "himaya-buttons" }, button("card-mine", say("class-card-mine"), mine)),
    );
  }

  /** A device that waits for a yes.
   * @param {number} id
   * @param {string} said */
  function asked(id, said) {
    const answer = async (/** @type {boolean} */ yes) => {
      await ask("device", { id, yes }).catch(() => null);
      await draw();
    };
    return element(
      "section",
      { class: "note", role: "alert" },
      element("p", {}, fill(say("class-device-new"), { said })),
      element(
        "div",
        { class: "himaya-buttons" },
        button(`yes-${id}`, say("class-device-yes"), () => answer(true), { class: "himaya-main" }),
        button(`no-${id}`, say("class-device-no"), () => answer(false)),
      ),
    );
  }

  /** @template T
   * @param {PlainKey} title
   * @param {T[]} rows
   * @param {(row: T) => (Node | string)[]} cells */
  function listed(title, rows, cells) {
    if (rows.length === 0) return [];
    const items = rows.map((row) => element("li", {}, ...cells(row)));
    return [element("details", title === "class-feedback" ? { open: true } : {}, element("summary", {}, say(title)), element("ul", {}, ...items))];
  }

  async function handOn() {
    hand.replaceChildren(element("p", { role: "status" }, say("class-sending")));
    const left = await sendAll(person);
    if (left.size > 0) offerUnsent(hand, left, say, clear);
    else await clear();
  }

  async function clear() {
    await ask("sign-out").catch(() => null); // where the class is off, the door asks before anybody signs in here
    await clearAll(person);
    location.replace(DOOR);
  }

  hand.append(
    element("div", { class: "himaya-buttons" }, button("hand-on", say("class-hand-on"), handOn)),
    element("p", { class: "himaya-help" }, say("class-hand-on-help")),
  );
  const books = drawNotebooks(person, titles, say);
  place.replaceChildren(told, mine, books, hand);
  document.addEventListener("visibilitychange", draw);
  leaveWith(person);
  return draw();
}
