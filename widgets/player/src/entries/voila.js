/* On a page that Voilà's own front end draws: the quick exit, which is there before anything else is; the steps of a module, whose
   text is there before its kernel is; and the activity that the address names. */

import { openAppSteps } from "../app_steps.js";
import { enteredAgain, hearLeaving, leave, readyExit } from "../exit.js";
import { showNamed } from "../named.js";

readyExit(".himaya-exit a");
hearLeaving();
if (enteredAgain()) leave();
else if (document.querySelector("main > .step") !== null) openAppSteps();
else showNamed();
