/* Search among the cards. */
"use strict";
const said = JSON.parse(document.getElementById("said").textContent);
// Letters that are written in several ways in Arabic and Sorani count as one; vowel signs do not count.
const plain = (text) =>
  text
    .toLocaleLowerCase()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200c\u200d]/g, "")
    .replace(/[\u0622\u0623\u0625\u0671]/g, "\u0627")
    .replace(/[\u0649\u06cc]/g, "\u064a")
    .replace(/\u06a9/g, "\u0643")
    .replace(/[\u0629\u06d5]/g, "\u0647");
const cards = Array.from(document.querySelectorAll(".apps > li"), (card) => [card, plain(card.textContent)]);
document.getElementById("search").oninput = ({ target }) => {
  const words = plain(target.value).split(/\s+/).filter(Boolean);
  for (const [card, text] of cards) card.hidden = !words.every((word) => text.includes(word));
  const shown = cards.filter(([card]) => !card.hidden).length;
  document.getElementById("found").textContent = words.length === 0 ? "" : shown === 0 ? said["apps-none"] : said.found[shown];
};
