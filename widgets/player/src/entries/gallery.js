/* The gallery of practice apps, and the page that says why something is refused: search among the cards. */

import { readyButtons } from "../forget.js";
import { comparable, wordsOf } from "../search.js";

readyButtons();
const field = document.getElementById("search");
if (field !== null) {
  const said = JSON.parse(document.getElementById("said").textContent);
  const cards = Array.from(document.querySelectorAll(".apps > li"), (card) => [card, comparable(card.textContent)]);
  field.oninput = ({ target }) => {
    const words = wordsOf(target.value);
    for (const [card, text] of cards) card.hidden = !words.every((word) => text.includes(word));
    const shown = cards.filter(([card]) => !card.hidden).length;
    document.getElementById("found").textContent = words.length === 0 ? "" : shown === 0 ? said["apps-none"] : said.found[shown];
  };
}
