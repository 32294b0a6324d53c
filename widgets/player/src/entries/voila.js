/* On a page that Voilà's own front end draws: the quick exit, which is there before anything else is. */

import { readyExit } from "../exit.js";

readyExit(".himaya-exit button");
