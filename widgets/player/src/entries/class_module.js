/* A whole module in a class: answers are kept in this browser first, and sent to the class whenever it can be reached. */

import { drawAnswers } from "../answers.js";
import { enterAs } from "../class.js";
import { drawHandingIn, roomOf } from "../class_module.js";
import { drawContents } from "../contents.js";
import { expose } from "../exposed.js";
import { useKinds } from "../fold.js";
import { KINDS } from "../generated/kinds.js";
import { openPage } from "../page.js";
import { readyPrint } from "../print.js";
import { openSteps } from "../stepper.js";

useKinds(KINDS);
expose();
enterAs((person) => {
  const { room, link } = roomOf(person);
  const draw = [drawAnswers, /** @param {import("../page.js").Given} given */ (given) => drawHandingIn(given, link), readyPrint];
  openPage(draw, (given) => {
    const stepper = openSteps(given);
    return (answered) => drawContents(answered, stepper);
  }, room);
});
