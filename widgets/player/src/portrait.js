/* A person's head and shoulders. What the face says stands in words, too: as the name of the drawing. */

import { element, fill } from "./elements.js";
import { FACES, HEADS, SHOULDERS } from "./generated/portraits.js";

/** @import { Likeness, Face, Say } from "./types.js" */
/** @import { Path } from "./generated/portraits.js" */

const SVG = "http://www.w3.org/2000/svg";

// Whole keys: one that is put together would be left out of a page.
const SAYS = /** @type {const} */ ({
  listening: "face-listening",
  open: "face-open",
  worried: "face-worried",
  guarded: "face-guarded",
  hurt: "face-hurt",
});

/** What a face says, in words.
 * @param {string} name
 * @param {Face} face
 * @param {Say} say */
export const faceInWords = (name, face, say) => fill(say(SAYS[face]), { name });

/** @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Node} children */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {Path[]} drawn
 * @param {string} transform */
const part = (drawn, transform = "") =>
  svg("g", { transform }, ...drawn.map(([paint, d]) => svg("path", { class: `himaya-paint-${paint}`, d })));

/** A portrait, or the first letter of the name where nobody chose one.
 * @param {{ name: string, portrait?: Likeness }} person
 * @param {Face} face
 * @param {string} words what a screen reader says */
export function portrait({ name, portrait: drawn }, face, words) {
  if (drawn === undefined) return element("span", { class: "himaya-portrait", "aria-hidden": "true" }, [...name][0]);
  const { head, hair } = HEADS[drawn.head];
  const drawing = svg(
    "svg",
    { viewBox: "0 0 704 704", role: "img", "aria-label": words, "fill-rule": "evenodd" },
    part(SHOULDERS),
    part(head, "translate(156 62)"),
    part(FACES[face], "translate(315 248)"),
    part(hair, "translate(279 400)"),
  );
  return element("span", { class: `himaya-portrait himaya-cloth-${drawn.colour}`, "data-face": face }, drawing);
}
