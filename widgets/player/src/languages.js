/* One page, several languages: what is spoken now, the switch, and the prose around the activities. */

import { element, useDigits } from "./elements.js";
import { directionOf, useFacts } from "./facts.js";
import { prefer, preferred } from "./preferred.js";

/** Keep the words of a page: `first` is what it came with, `ask(language)` has another sent to `take`. */
export function openLanguages(first, ask) {
  const known = new Map([[first.language, first]]);
  const switches = new Set();
  let now = first;
  let wanted = preferred() ?? first.language;
  useFacts(first.facts);
  useDigits(first.digits);

  function speak(language) {
    wanted = language;
    if (!known.has(language)) {
      ask(language);
      return;
    }
    now = known.get(language);
    useDigits(now.digits);
    for (const section of document.querySelectorAll("section.himaya")) {
      const { activity } = section.dataset;
      if (activity === undefined) section.himaya?.speak(now);
      else section.himaya?.speak(now.activities[activity], now.strings);
    }
    showProse(now);
    for (const redraw of switches) redraw(now);
  }

  return {
    now: () => now,
    /** Take the words of another language; they are spoken if they are still wanted. */
    take(words) {
      known.set(words.language, words);
      if (words.language === wanted) speak(wanted);
    },
    /** Once something is drawn: go on in the language that was chosen last. */
    begin() {
      if (wanted !== now.language && first.languages.includes(wanted)) speak(wanted);
    },
    onSwitch(redraw) {
      switches.add(redraw);
    },
    /** The buttons, each in its own language; null where there is only one. */
    buttons() {
      if (first.languages.length < 2) return null;
      const choose = (language) => () => {
        prefer(language);
        speak(language);
      };
      const each = first.languages.map((language) => {
        const about = { type: "button", lang: language, dir: directionOf(language), onclick: choose(language) };
        const pressed = { "aria-pressed": String(language === now.language) };
        return element("button", { ...about, ...pressed }, first.names[language]);
      });
      return element("div", { class: "himaya-languages", role: "group", "aria-label": now.strings.language }, ...each);
    },
  };
}

/** Put the prose of another language beside that of the notebook and show it; the page's own comes back unchanged. */
function showProse({ language, prose }) {
  for (const place of document.querySelectorAll('[data-himaya-cell], [id^="cell-id="]')) {
    const box = place.querySelector(".jp-RenderedMarkdown");
    if (box === null) continue;
    box.querySelector(":scope > .himaya-prose")?.remove();
    box.classList.toggle("himaya-translated", prose !== undefined);
    if (prose === undefined) continue;
    const shown = element("div", { class: "himaya-prose", lang: language, dir: directionOf(language) });
    // Made from Markdown at build; HTML in it was escaped there.
    shown.innerHTML = prose[place.dataset.himayaCell ?? place.id.replace("cell-id=", "")] ?? "";
    box.append(shown);
  }
  if (document.body.dataset.voila === undefined) return;
  document.documentElement.lang = language; // in JupyterLab the page is JupyterLab's
  document.documentElement.dir = directionOf(language);
}
