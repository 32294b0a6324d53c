/* The way into a class: takes the card's secret out of the address at once, signs in, and leads to the modules. */

import { ask, clearAll, remember, sendAll, signedIn, statusOf } from "../class.js";
import { offerUnsent } from "../class_home.js";
import { byName, element, useDigits } from "../elements.js";
import { readyExit } from "../exit.js";
import { useFacts } from "../language_facts.js";
import { sayOf } from "../player.js";

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
    if (earlier === null) return tell(say("class-door-help"));
    tell(say("class-signing-in"));
    return poll();
  }
  tell(say("class-signing-in"));
  // Before somebody else's session takes its place.
  const left = earlier === null ? new Map() : await sendAll(earlier);
  const person = await ask("sign-in", { card, language: document.documentElement.lang });
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

enter().catch((error) => {
  const status = statusOf(error);
  tell(say(status === 403 ? "class-card-unknown" : status === 429 ? "class-too-many" : "class-no-link"));
});
