/* A whole module as one file. */

import { drawAnswers } from "../answers.js";
import { drawContents } from "../contents.js";
import { drawActivity } from "../drawing.js";
import { start, step, view } from "../engine.js";
import { openPage } from "../page.js";
import { readyPrint } from "../print.js";

globalThis.himaya = { start, step, view }; // read by the tests: the very engine of the file
openPage(drawActivity, [drawAnswers, drawContents, readyPrint]);
