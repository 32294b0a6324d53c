/* A whole module as one file. */

import { drawAnswers } from "../answers.js";
import { drawContents } from "../contents.js";
import { enteredAgain, leave } from "../exit.js";
import { expose } from "../exposed.js";
import { useKinds } from "../fold.js";
import { KINDS } from "../generated/kinds.js";
import { openPage } from "../page.js";
import { readyPrint } from "../print.js";
import { openSteps } from "../stepper.js";

useKinds(KINDS);
expose();
if (enteredAgain()) {
  leave();
} else {
  // Steps come before storage is asked for what was answered: text is there to be read at once.
  openPage([drawAnswers, readyPrint], (given) => {
    const stepper = openSteps(given);
    return (answered) => drawContents(answered, stepper);
  });
}
