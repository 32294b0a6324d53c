/* A scenario, or what is played through like one, as one small file: for practice with its place in the browser's storage,
   graded with its module's journal. */

import { drawAnswers } from "../answers.js";
import { button, byName, element } from "../elements.js";
import { expose } from "../exposed.js";
import { canShare, saveFile, shareFile } from "../file.js";
import { useKinds } from "../fold.js";
import { KINDS } from "../generated/alone.js";
import { openPage } from "../page.js";

/** @import { Section } from "../player.js" */
/** @import { Given } from "../page.js" */

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

useKinds(KINDS);
expose();
openPage([drawAnswers, drawSave]);
