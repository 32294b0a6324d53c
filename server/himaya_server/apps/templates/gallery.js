/* Search among the cards. */
"use strict";
const said = JSON.parse(document.getElementById("said").textContent);
const cards = Array.from(document.querySelectorAll(".apps > li"), (card) => [card, comparable(card.textContent)]);
document.getElementById("search").oninput = ({ target }) => {
  const words = wordsOf(target.value);
  for (const [card, text] of cards) card.hidden = !words.every((word) => text.includes(word));
  const shown = cards.filter(([card]) => !card.hidden).length;
  document.getElementById("found").textContent = words.length === 0 ? "" : shown === 0 ? said["apps-none"] : said.found[shown];
};
