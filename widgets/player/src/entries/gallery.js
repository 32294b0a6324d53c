/* The gallery of practice apps, and the page that says why something is refused: search among the cards. */

import { byName } from "../elements.js";
import { readyButtons } from "../forget.js";
import { comparable, wordsOf } from "../search.js";

readyButtons();
const field = document.getElementById("search");
if (field instanceof HTMLInputElement) {
  const said = JSON.parse(byName("said").textContent ?? "");
  const items = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".apps > li"));
  const cards = Array.from(items, (card) => ({ card, text: comparable(card.textContent ?? "") }));
  field.oninput = () => {
    const words = wordsOf(field.value);
    for (const { card, text } of cards) card.hidden = !words.every((word) => text.includes(word));
    const shown = cards.filter(({ card }) => !card.hidden).length;
    byName("found").textContent = words.length === 0 ? "" : shown === 0 ? said["apps-none"] : said.found[shown];
  };
}
