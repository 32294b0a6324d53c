/* The box in which a page's answers are saved as a file, brought back from one, and removed from this browser. */

import { button, byName, element, fill } from "./elements.js";
import { leaves } from "./exit.js";
import { canShare, saveFile, shareFile } from "./file.js";
import { MAX_BYTES } from "./generated/limits.js";
import { groupOf, openJournal } from "./hosts/database.js";
import { readSaved } from "./saved.js";
import { keys } from "./stored.js";

/** @import { Journal } from "./hosts/database.js" */
/** @import { Section } from "./player.js" */
/** @import { Counted, PageData, Say } from "./types.js" */

const MOST_ROWS = 20000; // days of typing; with ten times as many a page would hardly move again

/** @param {PageData & { journal: Journal | null, say: Say }} page */
export function drawAnswers({ journal, ...page }) {
  if (journal !== null) drawBox(journal, page);
}

/** @param {Journal} journal
 * @param {PageData & { say: Say }} page */
function drawBox(journal, { activities, owner, hands, version, say }) {
  const box = byName("himaya-answers");
  const told = element("p", { class: "himaya-told", role: "status" });
  /** @param {string | Counted} sentence
   * @param {object} values */
  const tell = (sentence, values = {}) => {
    told.textContent = fill(sentence, values);
  };
  const file = element("input", { type: "file", accept: ".jsonl,.json,.txt", id: "himaya-restore", onchange: bringBack });
  const erase = element("div", { class: "himaya-buttons" });

  function everything() {
    const sections = /** @type {NodeListOf<Section>} */ (document.querySelectorAll("[data-activity]"));
    return journal.all(...Array.from(sections, (drawn) => drawn.himaya?.events() ?? []));
  }

  async function save() {
    told.textContent = saveFile(await everything(), owner, say);
  }

  async function share() {
    told.textContent = await shareFile(await everything(), owner, say);
  }

  async function bringBack() {
    const chosen = file.files?.[0];
    if (chosen === undefined) return;
    try {
      await take(chosen);
    } catch {
      tell(say("restore-failed"));
    }
    file.value = ""; // choosing the same file again is a change again
  }

  /** @param {File} chosen */
  async function take(chosen) {
    if (chosen.size > MAX_BYTES) return tell(say("restore-large"));
    const { rows, damaged } = readSaved(await chosen.text());
    if (rows.length === 0) return tell(say("restore-unreadable"));
    if (rows.length > MOST_ROWS) return tell(say("restore-large"));
    // Rows of activities that this edition does not know are kept: a newer edition may know them.
    if (!rows.some((row) => Object.hasOwn(activities, row.activity))) return tell(say("restore-foreign"));
    const added = await journal.restore(rows);
    tell(say(added > 0 ? "restored" : "restored-nothing"), { n: added });
    if (damaged > 0) told.textContent += ` ${fill(say("damaged-lines"), { n: damaged })}`;
  }

  function askFirst() {
    erase.replaceChildren(
      element("p", { role: "alert" }, say("erase-sure")),
      button("erase-now", say("erase-now"), eraseNow, { class: "himaya-danger" }),
      button("keep-answers", say("keep-answers"), offerErase),
    );
    focusIn("[data-key=keep-answers]");
  }

  async function eraseNow() {
    try {
      await journal.erase();
      // Its scenarios' own files have journals of their own, for one person and for a group.
      for (const name of [`alone/${owner}`, groupOf(`alone/${owner}`)]) {
        const alone = await openJournal(name);
        await alone.erase();
        alone.close();
      }
    } catch {
      return tell(say("not-forgotten"));
    }
    try {
      const ours = [`himaya:${owner}:`, `himaya:alone/${owner}:`];
      for (const key of keys()) if (ours.some((start) => key.startsWith(start))) localStorage.removeItem(key);
    } catch {
      // Forbidden storage holds nothing.
    }
    location.reload();
  }

  /** @param {Event} [event] */
  function offerErase(event) {
    erase.replaceChildren(button("erase", say("erase"), askFirst));
    if (event !== undefined) focusIn("button");
  }

  /** @param {string} selector */
  function focusIn(selector) {
    const found = erase.querySelector(selector);
    if (found instanceof HTMLElement) found.focus();
  }

  offerErase();
  const handing = [
    element("p", {}, say("answers-help")),
    element(
      "div",
      { class: "himaya-buttons" },
      button("save", say("save-answers"), save, { class: "himaya-main" }),
      canShare() ? button("share", say("share-answers"), share) : null,
    ),
    element("label", { class: "himaya-file", for: "himaya-restore" }, element("span", {}, say("restore")), file),
  ];
  box.replaceChildren(element("div", { class: "himaya himaya-answers" }, ...(hands ? handing : []), told, erase));
  if (!journal.works) warn(say("page-forbidden"));
  else noteVersion();

  /** Say when answers here come from a newer edition than this page. */
  function noteVersion() {
    try {
      const key = `himaya:${owner}:version`;
      const kept = localStorage.getItem(key) ?? "";
      const newest = Math.max(version, /^\d{1,6}$/.test(kept) ? Number(kept) : 0);
      localStorage.setItem(key, String(newest));
      if (newest > version) warn(fill(say("newer-answers"), { newest, version }));
    } catch {
      // Without storage there are no earlier answers either.
    }
  }

  /** @param {string} text */
  function warn(text) {
    byName("himaya-warning").append(element("p", { role: "alert" }, text));
  }

  // Only where an answer is kept nowhere does the browser ask before it closes the page; never after a quick exit.
  globalThis.addEventListener("beforeunload", (event) => {
    if (hands && journal.unwritten.size > 0 && !leaves) event.preventDefault();
  });
}
