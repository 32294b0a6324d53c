/* What scenario and lab share when they are drawn. */

import { element } from "../elements.js";

/** A heading that gets the focus when something new stands below it.
 * @param {string} text */
export const headline = (text) => element("h4", { tabindex: "-1", "data-key": "heading" }, text);
