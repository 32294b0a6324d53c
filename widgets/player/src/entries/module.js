/* A whole module as one file. */

import { drawAnswers } from "../answers.js";
import { drawContents } from "../contents.js";
import { expose } from "../exposed.js";
import { useKinds } from "../fold.js";
import { KINDS } from "../generated/kinds.js";
import { openPage } from "../page.js";
import { readyPrint } from "../print.js";

useKinds(KINDS);
expose();
openPage([drawAnswers, drawContents, readyPrint]);
