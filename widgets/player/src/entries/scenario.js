/* One scenario as one small file: for practice with its place in the browser's storage, graded with its module's journal. */

import { drawAnswers } from "../answers.js";
import { button, element } from "../elements.js";
import { start, step, view } from "../engine.js";
import { saveFile } from "../file.js";
import { openPage } from "../page.js";
import { drawScenario } from "../scenario.js";

/** Offer what was played for practice as a file, too. */
function drawSave({ hands, say }) {
  if (!hands) return;
  const told = element("p", { class: "himaya-told", role: "status" });
  const save = () => {
    told.textContent = saveFile(document.querySelector("[data-activity]").himaya.events(), say);
  };
  const buttons = element("div", { class: "himaya-buttons" }, button("save", say("save-answers"), save));
  document.getElementById("himaya-answers").append(element("div", { class: "himaya" }, buttons, told));
}

globalThis.himaya = { start, step, view }; // read by the tests: the very engine of the file
openPage(drawScenario, [(data) => (data.keeps ? drawAnswers : drawSave)(data)]);
