/* The link between a module's page and its class: what waits is sent whenever the class can be reached, and the page says
   how much waits. Handing in comes after everything was sent. */

import { ask, exchange, leaveWith, ownerIn, statusOf, unsent } from "./class.js";
import { button, byName, element, fill, shown } from "./elements.js";
import { openJournal } from "./hosts/database.js";
import { randomId } from "./outbox.js";
import { seedOf } from "./shuffle.js";

/** @import { Person } from "./class.js" */
/** @import { Given, Room } from "./page.js" */

/** @typedef {{ said: string, answers: number, code: string }} Receipt */
/** What is known of the link: how much waits, and whether somebody has to sign in again.
 * @typedef {{ waiting: number, out: boolean }} Known */
/** @typedef {{ send(): Promise<Known>, listen(callback: (known: Known) => void): void }} Link */

const PAUSE = 400; // milliseconds between an answer and sending it
const [FIRST_WAIT, LONGEST_WAIT] = [3000, 60000];

/** Keep answers in this browser under the person's name, and send them.
 * @param {Person} person
 * @returns {{ room: Room, link: Link }} */
export function roomOf(person) {
  /** @type {Set<(known: Known) => void>} */
  const listeners = new Set();
  /** @type {Set<string>} */
  const refused = new Set();
  /** @type {(() => Promise<Known>) | undefined} */
  let work;
  /** @type {Promise<Known> | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let wait = FIRST_WAIT;
  let more = false;

  /** Send now; while something is sent, once more afterwards.
   * @returns {Promise<Known>} */
  function send() {
    clearTimeout(timer);
    if (running !== null) {
      more = true;
      return running;
    }
    running = repeat().finally(() => {
      running = null;
    });
    return running;
  }

  async function repeat() {
    /** @type {Known} */
    let known = { waiting: 0, out: false };
    do {
      more = false;
      known = (await work?.()) ?? known;
    } while (more);
    wait = known.waiting === 0 ? FIRST_WAIT : Math.min(LONGEST_WAIT, wait * 1.6);
    if (known.waiting > 0 && !known.out) timer = setTimeout(send, wait);
    for (const listener of listeners) listener(known);
    return known;
  }

  function soon() {
    clearTimeout(timer);
    wait = FIRST_WAIT;
    timer = setTimeout(send, PAUSE);
  }

  /** @param {string} name */
  async function open(name) {
    const journal = await openJournal(name);
    const module = name.split("/").slice(-1)[0];
    let out = false;
    async function tell() {
      const waiting = (await unsent(journal, name)).length;
      for (const listener of listeners) listener({ waiting, out });
      return waiting;
    }
    work = async () => {
      try {
        await tell();
        await exchange(journal, name, module, refused);
        out = false;
      } catch (error) {
        out = statusOf(error) === 401;
      }
      return { waiting: await tell(), out };
    };
    if (journal.works) {
      globalThis.addEventListener("online", soon);
      document.addEventListener("visibilitychange", soon);
      soon();
    }
    return {
      ...journal,
      /** @param {string} id
       * @param {number} seed */
      host(id, seed) {
        const host = journal.host(id, seed);
        return {
          ...host,
          /** @param {Parameters<typeof host.put>[0]} message */
          put: async (message) => {
            await host.put(message);
            if (message.events.length === 0) return;
            await tell();
            soon();
          },
        };
      },
    };
  }

  leaveWith(person);
  return {
    room: { owner: (owner) => ownerIn(person, owner), open, seed: (id) => seedOf(person.who, id) },
    link: { send, listen: (callback) => void listeners.add(callback) },
  };
}

/** @param {Given} page
 * @param {Link} link */
export function drawHandingIn({ owner, say }, link) {
  const module = owner.split("/").slice(-1)[0];
  const state = element("p", { class: "himaya-count", role: "status", id: "himaya-link" });
  const message = element("div", { class: "himaya-receipt", role: "status" });
  const submit = button("submit", say("submit"), press, { class: "himaya-main" });
  let busy = false;
  let request = randomId();
  let unreached = false; // whether it says that the class could not be reached

  link.listen(({ waiting, out }) => {
    if (unreached && waiting === 0 && !out) {
      message.replaceChildren();
      unreached = false;
    }
    const text = waiting === 0 ? say("class-all-sent") : fill(say("class-unsent"), { n: waiting });
    state.replaceChildren(text, ...(out ? [element("span", { role: "alert" }, ` ${say("class-signed-out")}`)] : []));
  });

  async function press() {
    if (busy) return;
    busy = true;
    message.replaceChildren(element("p", {}, say("submitting")));
    try {
      const { waiting, out } = await link.send();
      if (waiting > 0 || out) return void later();
      draw(await ask("hand-in", { module, request, language: document.documentElement.lang }));
      request = randomId(); // only what was answered is a new hand-in next time
    } catch {
      later();
    } finally {
      busy = false;
    }
  }

  function later() {
    unreached = true;
    message.replaceChildren(element("p", {}, say("class-hand-in-later")));
  }

  /** @param {{ receipt: Receipt | null }} answer */
  function draw({ receipt }) {
    if (receipt === null) return message.replaceChildren(element("p", {}, say("answers-none")));
    submit.textContent = say("submit-again");
    const rows = [
      [say("receipt-time"), receipt.said],
      [say("receipt-answers"), shown(receipt.answers)],
      [say("receipt-code"), receipt.code],
    ].map(([label, value]) => element("p", {}, `${label}: `, element("bdi", {}, value)));
    message.replaceChildren(element("h3", {}, say("receipt")), ...rows);
  }

  byName("himaya-answers").before(
    element(
      "div",
      { class: "himaya himaya-handin" },
      state,
      element("p", {}, say("submit-missing")),
      element("div", { class: "himaya-buttons" }, submit),
      message,
    ),
  );
}
