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

/** HTML as nodes made anew: other elements and their content are left out.
 * @param {unknown} html
 * @returns {DocumentFragment} */
export function safeProse(html) {
  const made = document.createDocumentFragment();
  // Nothing runs or loads in a document that no window shows.
  if (typeof html === "string") made.append(...copies(new DOMParser().parseFromString(html, "text/html").body));
  return made;
}

/** @param {Element} from */
function copies(from) {
  /** @type {Node[]} */
  const made = [];
  for (const node of from.childNodes) {
    if (node instanceof Text) made.push(document.createTextNode(node.data));
    if (!(node instanceof HTMLElement) || !KEPT.has(node.localName)) continue;
    const copy = document.createElement(node.localName);
    for (const { name, value } of node.attributes) {
      if (ATTRIBUTES[`${node.localName} ${name}`]?.test(value)) copy.setAttribute(name, value);
    }
    copy.append(...copies(node));
    made.push(copy);
  }
  return made;
}
