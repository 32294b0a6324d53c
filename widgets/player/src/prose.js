/* Prose that a folder brings as HTML. Whoever sent the folder may have written it, so that only what Markdown makes is kept. */

/** What `markdown` in himaya.content.markdown makes, and the attributes that it gives. */
const KEPT = new Set(
  "p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong a img table thead tbody tr th td bdi span".split(" "),
);
/** @type {Record<string, RegExp>} */
const ATTRIBUTES = {
  "a href": /^#/,
  "img src": /^data:image\/svg\+xml;base64,[A-Za-z0-9+/=]*$/, // in an image, no script of a drawing runs
  "img alt": /^/,
  "ol start": /^\d{1,9}$/,
  "td style": /^text-align:(left|center|right)$/,
  "th style": /^text-align:(left|center|right)$/,
  "span class": /^himaya-english$/,
  "span lang": /^en$/,
  "span dir": /^ltr$/,
};

/** What `main_of` in himaya.publish.main adds to that. */
const KEPT_IN_STEPS = new Set([...KEPT, ..."section nav div details summary sup".split(" ")]);
const NAME = /^[\p{L}\p{M}\p{N}.'’-]+$/u;
/** @type {Record<string, RegExp>} */
const ATTRIBUTES_OF_STEPS = {
  id: NAME,
  class: /^(step|facts|part|note|notes|draft|mark|scroll|himaya-english)$/,
  lang: /^[a-z]{2,3}$/,
  dir: /^(ltr|rtl)$/,
  role: /^group$/,
  tabindex: /^0$/,
  "aria-label": /^/,
  "aria-labelledby": NAME,
  "data-show": NAME,
  "data-cell": NAME,
  "data-part": NAME,
};

/** HTML as nodes made anew: other elements and their content are left out.
 * @param {unknown} html
 * @returns {DocumentFragment} */
export const safeProse = (html) => safe(html, KEPT, (place) => ATTRIBUTES[place]);

/** The same for the steps of a whole module.
 * @param {unknown} html
 * @returns {DocumentFragment} */
export const safeSteps = (html) => safe(html, KEPT_IN_STEPS, (place) => ATTRIBUTES[place] ?? ATTRIBUTES_OF_STEPS[place.split(" ")[1]]);

/** @typedef {(place: string) => RegExp | undefined} Allowed What an attribute, after its element's name, may hold. */

/** @param {unknown} html
 * @param {Set<string>} kept
 * @param {Allowed} allowed */
function safe(html, kept, allowed) {
  const made = document.createDocumentFragment();
  // Nothing runs or loads in a document that no window shows.
  if (typeof html === "string") made.append(...copies(new DOMParser().parseFromString(html, "text/html").body, kept, allowed));
  return made;
}

/** @param {Element} from
 * @param {Set<string>} kept
 * @param {Allowed} allowed */
function copies(from, kept, allowed) {
  /** @type {Node[]} */
  const made = [];
  for (const node of from.childNodes) {
    if (node instanceof Text) made.push(document.createTextNode(node.data));
    if (!(node instanceof HTMLElement) || !kept.has(node.localName)) continue;
    const copy = document.createElement(node.localName);
    for (const { name, value } of node.attributes) {
      if (allowed(`${node.localName} ${name}`)?.test(value)) copy.setAttribute(name, value);
    }
    copy.append(...copies(node, kept, allowed));
    made.push(copy);
  }
  return made;
}
