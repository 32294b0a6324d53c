/* The first page of a class: its modules, with what this person did. */

import { enterAs, ownerIn } from "../class.js";
import { drawHome } from "../class_home.js";
import { byName, fill, useDigits } from "../elements.js";
import { readyExit } from "../exit.js";
import { useFacts } from "../language_facts.js";
import { sayOf } from "../player.js";

enterAs((person) => {
  readyExit(".himaya-exit a");
  const { strings, facts, digits, titles } = JSON.parse(byName("himaya-data").textContent ?? "");
  useFacts(facts);
  useDigits(digits);
  const say = sayOf(strings);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-owner]"))) {
    const key = `himaya:${ownerIn(person, place.dataset.owner ?? "")}:progress`;
    const [n, total] = (localStorage.getItem(key) ?? "").split("/").map(Number);
    if (Number.isSafeInteger(total) && Number.isInteger(n)) place.textContent = fill(say("answered-count"), { n, total });
  }
  drawHome(person, titles, say).then(() => {
    document.documentElement.dataset.ready = "";
  });
});
