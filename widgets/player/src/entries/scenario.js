/* A scenario, or what is played through like one, as one small file: for practice with a journal of its own,
   graded with its module's. Practice may be played by a group, too, which has a place of its own. */

import { drawAnswers } from "../answers.js";
import { button, byName, element } from "../elements.js";
import { expose } from "../exposed.js";
import { canShare, saveFile, shareFile } from "../file.js";
import { useKinds } from "../fold.js";
import { KINDS } from "../generated/alone.js";
import { groupOf } from "../hosts/database.js";
import { drawGroup } from "../kinds/scenario_group.js";
import { BROWSER, openPage } from "../page.js";

/** @import { Section } from "../player.js" */
/** @import { Given, Room } from "../page.js" */
/** @import { PageData } from "../types.js" */

useKinds(KINDS);
expose();

const GROUP = "#group";

/** A run of its own, so that nobody's practice is shown to a group or lost in it.
 * @type {Room} */
const ROOM = { ...BROWSER, owner: groupOf, draw: drawGroup };

/** @type {PageData} */
const { keeps, activities } = JSON.parse(byName("himaya-data").textContent ?? "");
const forGroups = !keeps && Object.values(activities).every(({ mode }) => mode === "practice");
const grouped = forGroups && location.hash === GROUP;

/** Lead to the other way to play, which draws the page anew. It leaves no entry in the tab's history to come back to.
 * @param {Given} given */
function drawDoor({ say }) {
  if (!forGroups) return;
  const go = () => {
    location.replace(grouped ? "#" : GROUP);
    location.reload();
  };
  const door = grouped ? button("alone", say("go-back"), go) : button("group", say("app-open-group"), go);
  byName("himaya-answers").append(element("div", { class: "himaya himaya-door" }, door));
}

/** Offer what was played for practice as a file, too.
 * @param {Given} given */
function drawSave({ hands, keeps, owner, say }) {
  if (keeps || !hands) return;
  const told = element("p", { class: "himaya-told", role: "status" });
  const played = () => /** @type {Section | null} */ (document.querySelector("[data-activity]"))?.himaya?.events() ?? [];
  const save = () => {
    told.textContent = saveFile(played(), owner, say);
  };
  const share = async () => {
    told.textContent = await shareFile(played(), owner, say);
  };
  const buttons = element(
    "div",
    { class: "himaya-buttons" },
    button("save", say("save-answers"), save),
    canShare() ? button("share", say("share-answers"), share) : null,
  );
  byName("himaya-answers").append(element("div", { class: "himaya" }, buttons, told));
}

if (grouped) {
  document.body.classList.add("group");
  openPage([drawDoor], undefined, ROOM);
} else {
  openPage([drawAnswers, drawSave, drawDoor]);
}
