/* The way into a class: takes the card's secret out of the address at once, signs in, and leads to the modules. */

import { ask, clearAll, remember, sendAll, signedIn, statusOf } from "../class.js";
import { offerUnsent } from "../class_home.js";
import { byName, element, shown, useDigits } from "../elements.js";
import { readyExit } from "../exit.js";
import { useFacts } from "../language_facts.js";
import { sayOf } from "../player.js";

/** @import { PlainKey } from "../types.js" */

const ASK_AGAIN = 3000; // milliseconds, while another device is asked
const JOINING = "himaya:class/joining"; // this phone's own key, until whoever joins has seen the card

const card = location.hash.slice(1);
history.replaceState(null, "", location.pathname); // out of the address, the history and every picture of the screen
readyExit(".himaya-exit a");
const { strings, facts, digits } = JSON.parse(byName("himaya-data").textContent ?? "");
useFacts(facts);
useDigits(digits);
const say = sayOf(strings);
const place = byName("himaya-class");

/** @param {string} text */
const tell = (text) => place.replaceChildren(element("p", { role: "status" }, text));

async function enter() {
  const earlier = signedIn();
  if (card !== "") {
    await begin("sign-in", { card });
    return poll();
  }
  if (earlier === null) return openDoor("class-door-help");
  if (localStorage.getItem(JOINING) !== null) return join("").catch(() => poll()); // the card was not seen yet
  tell(say("class-signing-in"));
  return poll();
}

/** @param {PlainKey} message */
const openDoor = (message) => place.replaceChildren(element("p", { role: "status" }, say(message)), byHand(), byWall());

/** Sign in or join, and return what the class answers.
 * @param {"sign-in" | "join"} what
 * @param {Record<string, string>} asked */
async function begin(what, asked) {
  const earlier = signedIn();
  tell(say("class-signing-in"));
  // Before somebody else's session takes its place.
  const left = earlier === null ? new Map() : await sendAll(earlier);
  if (earlier === null) await ask("sign-out"); // this phone may have been handed on while the class was off
  const { number, code, ...person } = await ask(what, asked);
  if (earlier !== null && earlier.who !== person.who) {
    if (left.size > 0) await new Promise((go) => offerUnsent(place, left, say, () => go(null)));
    await clearAll(earlier);
  }
  remember(person);
  return { number, code };
}

/** Join the class. Sent again after an answer that was lost, it makes nobody else: the key is the same.
 * @param {string} code Of the wall; empty where this phone has joined already. */
async function join(code) {
  const key = localStorage.getItem(JOINING) ?? crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
  localStorage.setItem(JOINING, key);
  try {
    const joined = await begin("join", { code, key, language: document.documentElement.lang });
    localStorage.setItem(JOINING, key); // removing what was somebody else's took it along
    showCard(joined);
  } catch (error) {
    if (statusOf(error) === 403) localStorage.removeItem(JOINING);
    throw error;
  }
}

/** Show what the person needs on another day, before anything else comes.
 * @param {{ number: number, code: string }} joined */
function showCard({ number, code }) {
  const groups = [code.slice(0, 3), code.slice(3, 6), code.slice(6)].map((part) => [...part].map((digit) => shown(Number(digit))).join(""));
  const lines = /** @type {const} */ ([
    ["class-joined-address", `${location.host}/class/`],
    ["class-joined-number", shown(number)],
    ["class-joined-code", groups.join("\u00a0")],
  ]).map(([key, value]) => element("p", {}, `${say(key)} `, element("bdi", { dir: "ltr" }, element("b", {}, value))));
  const goOn = () => {
    localStorage.removeItem(JOINING);
    return poll();
  };
  place.replaceChildren(
    element("h2", { tabindex: -1 }, say("class-joined")),
    element("section", { class: "himaya-own-card" }, ...lines),
    element("p", {}, say("class-joined-help")),
    element("button", { class: "himaya-main", "data-key": "joined", onclick: goOn }, say("class-joined-next")),
  );
  place.querySelector("h2")?.focus();
}

/** Go on, also where the class cannot be reached and the browser has its pages; or wait for the yes on another device. */
async function poll() {
  try {
    const { allowed } = await ask("me");
    if (!allowed) {
      tell(say("class-device-waits"));
      return void setTimeout(poll, ASK_AGAIN);
    }
  } catch (error) {
    if (statusOf(error) === 401) return openDoor("class-signed-out");
  }
  location.replace(signedIn()?.home ?? "/class/");
}

/** For a phone without a camera. */
const byHand = () =>
  typed({
    summary: "class-no-camera",
    fields: { number: "class-number", code: "class-code", room: "class-room" },
    enter: "class-enter",
    wrong: "class-code-wrong",
    async send(asked) {
      await begin("sign-in", asked);
      await poll();
    },
  });

/** For whoever has no card. */
const byWall = () =>
  typed({
    summary: "class-join",
    fields: { joining: "class-join-code" },
    enter: "class-join-enter",
    wrong: "class-join-wrong",
    send: ({ joining }) => join(joining),
  });

/** A folded form for what stands on a card or a wall; it says what was wrong.
 * @param {{ summary: PlainKey, fields: Record<string, PlainKey>, enter: PlainKey, wrong: PlainKey,
 *   send: (asked: Record<string, string>) => Promise<void> }} how */
function typed({ summary, fields, enter, wrong, send }) {
  const inputs = Object.keys(fields).map((name) =>
    element("input", { name, inputmode: "numeric", autocomplete: "off", dir: "ltr", maxlength: 30, required: true }),
  );
  const told = element("p", { role: "alert" });
  const sent = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const around = [...place.childNodes];
    told.textContent = "";
    await send(Object.fromEntries(inputs.map(({ name, value }) => [name, value]))).catch((error) => {
      place.replaceChildren(...around);
      told.textContent = refusal(error, wrong);
      form.open = true;
    });
  };
  const form = element(
    "details",
    {},
    element("summary", {}, say(summary)),
    told,
    element(
      "form",
      { onsubmit: sent },
      ...inputs.map((input) => element("p", {}, element("label", {}, say(fields[input.name]), element("br"), input))),
      element("button", { class: "himaya-main", "data-key": enter === "class-enter" ? "enter" : "join" }, say(enter)),
    ),
  );
  return form;
}

/** @param {unknown} error
 * @param {PlainKey} wrong */
const refusal = (error, wrong) =>
  ({ 403: say(wrong), 404: say(wrong), 429: say("class-too-many") })[statusOf(error)] ?? say("class-no-link");

enter().catch((error) => tell(refusal(error, "class-card-unknown")));
