/* A file for a reader who judges a module or its translation. */

import { openReading } from "../reading/page.js";

openReading();
