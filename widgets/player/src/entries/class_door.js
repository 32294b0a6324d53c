/* The way into a class: takes the card's secret out of the address at once, signs in, and leads to the modules. */

import { ask, clearAll, remember, sendAll, signedIn, statusOf } from "../class.js";
import { offerUnsent } from "../class_home.js";
import { byName, element, useDigits } from "../elements.js";
import { readyExit } from "../exit.js";
import { useFacts } from "../language_facts.js";
import { sayOf } from "../player.js";

/** @import { PlainKey } from "../types.js" */

const ASK_AGAIN = 3000; // milliseconds, while another device is asked

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
  if (card === "") {
    if (earlier === null) return place.replaceChildren(element("p", { role: "status" }, say("class-door-help")), byHand());
    tell(say("class-signing-in"));
    return poll();
  }
  return signIn({ card });
}

/** @param {Record<string, string>} shownCard What stands on the card. */
async function signIn(shownCard) {
  const earlier = signedIn();
  tell(say("class-signing-in"));
  // Before somebody else's session takes its place.
  const left = earlier === null ? new Map() : await sendAll(earlier);
  if (earlier === null) await ask("sign-out"); // this phone may have been handed on while the class was off
  const person = await ask("sign-in", shownCard);
  if (earlier !== null && earlier.who !== person.who) {
    if (left.size > 0) await new Promise((go) => offerUnsent(place, left, say, () => go(null)));
    await clearAll(earlier);
  }
  remember(person);
  await poll();
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
    if (statusOf(error) === 401) return tell(say("class-signed-out"));
  }
  location.replace(signedIn()?.home ?? "/class/");
}

/** For a phone without a camera. */
function byHand() {
  const fields = /** @type {const} */ (["number", "code", "room"]).map((name) =>
    element("input", { name, inputmode: "numeric", autocomplete: "off", dir: "ltr", maxlength: 30, required: true }),
  );
  const told = element("p", { role: "alert" });
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const typed = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    await signIn(typed).catch((error) => {
      told.textContent = refusal(error, "class-code-wrong");
      place.replaceChildren(element("p", {}, say("class-door-help")), form);
      form.open = true;
    });
  };
  const labels = [say("class-number"), say("class-code"), say("class-room")];
  const form = element(
    "details",
    {},
    element("summary", {}, say("class-no-camera")),
    told,
    element(
      "form",
      { onsubmit: send },
      ...fields.map((field, at) => element("p", {}, element("label", {}, labels[at], element("br"), field))),
      element("button", { class: "himaya-main", "data-key": "enter" }, say("class-enter")),
    ),
  );
  return form;
}

/** @param {unknown} error
 * @param {PlainKey} wrong */
const refusal = (error, wrong) =>
  ({ 403: say(wrong), 429: say("class-too-many") })[statusOf(error)] ?? say("class-no-link");

enter().catch((error) => tell(refusal(error, "class-card-unknown")));
