/* Small pieces of HTML that every activity is made of. Text only ever goes in as text, never as markup. */

import { numeralsOf, pluralForm, semicolonOf } from "./language_facts.js";

/** @import { Counted, Say } from "./types.js" */

/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute */
/** @typedef {Node | string | null} Child */

const FOCUSABLE = ["button", "input", "select", "summary", "textarea"];
const PROPERTIES = ["value", "checked", "selected"];

/** Make an element. An attribute that is null, undefined or false is left out; one that begins with `on` is a listener.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]} */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  // Otherwise JupyterLab takes Enter, the arrows and letters for its own commands: D twice deletes a cell.
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.includes(name)) Object.assign(node, { [name]: value });
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  const whole = tag === "option" ? children : children.flatMap(pieces); // an option holds nothing but text
  node.append(...whole.filter((child) => child !== null));
  return node;
}

const [VALUE, ENGLISH, END] = ["\u2068", "\u2066", "\u2069"];

/** Text with isolates (see himaya.languages.isolates) as text and elements; anything else as it is.
 * @param {Child} child
 * @returns {Child[]} */
export function pieces(child) {
  if (typeof child !== "string" || (!child.includes(VALUE) && !child.includes(ENGLISH))) return [child];
  /** @type {HTMLElement[]} */
  const open = [document.createElement("span")];
  for (const part of child.split(/([\u2066\u2068\u2069])/)) {
    const around = open[open.length - 1];
    if (part === VALUE || part === ENGLISH) {
      const inner = document.createElement(part === VALUE ? "bdi" : "span");
      if (part === ENGLISH) Object.assign(inner, { className: "himaya-english", lang: "en", dir: "ltr" });
      around.append(inner);
      open.push(inner);
    } else if (part === END) {
      if (open.length > 1) open.pop();
    } else if (part !== "") {
      around.append(part);
    }
  }
  return [...open[0].childNodes];
}

const NUMBER = /^\d+(\.\d+)?$/;
/** @type {{ digits: string, point: string } | undefined} */
let numerals;

/** Write numbers on this page in the digits of a course: one set on a screen.
 * @param {string} style */
export function useDigits(style) {
  numerals = numeralsOf(style);
  document.documentElement.dataset.himayaDigits = style; // for the numbers that style sheets write
}

/** A number as this page writes it; any other value as it is.
 * @param {unknown} value */
export function shown(value) {
  const text = String(value);
  if (numerals === undefined || !NUMBER.test(text)) return text;
  const { digits, point } = numerals;
  return text.replace(".", point).replace(/\d/g, (digit) => digits[Number(digit)]);
}

/** Replace `{name}` in a sentence of the catalogue, in the form that its number asks for.
 * @param {string | Counted} sentence
 * @param {object} values */
export function fill(sentence, values = {}) {
  const known = new Map(Object.entries(values));
  const form = typeof sentence === "string" ? sentence : formOf(sentence, known);
  return form.replace(/\{(\w+)\}/g, (whole, name) => (known.has(name) ? shown(known.get(name)) : whole));
}

/** @param {Counted} sentence
 * @param {Map<string, unknown>} values */
const formOf = ({ by, forms, language }, values) => forms[pluralForm(language, Number(values.get(by)))];

/** A time in words; whole hours without minutes. himaya.languages.interface.duration says the same.
 * @param {number} minutes
 * @param {Say} say */
export function duration(minutes, say) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return fill(say("minutes"), { n: m });
  return m === 0 ? fill(say("hours"), { n: h }) : fill(say("hours-minutes"), { h, m });
}

/** @param {string} text */
export const paragraphs = (text) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => element("p", {}, line));

/** A button that keeps its place in the focus order across redraws through `key`.
 * @param {string} key
 * @param {string} label
 * @param {(event: Event) => void} press
 * @param {Record<string, Attribute>} attributes */
export const button = (key, label, press, attributes = {}) =>
  element("button", { type: "button", "data-key": key, onclick: press, ...attributes }, label);

/** @param {string} label
 * @param {...Child} content */
export const labelled = (label, ...content) =>
  element("div", { class: "himaya-labelled" }, element("h5", {}, label), ...content);

/** As `labelled`, where no heading stands above it: an item has none, and a heading would skip levels.
 * @param {string} label
 * @param {...Child} content */
export const captioned = (label, ...content) =>
  element("div", { class: "himaya-labelled" }, element("p", {}, element("strong", {}, label)), ...content);

/** Sentences and titles as one list: no full stop before a semicolon.
 * @param {string[]} lines
 * @param {string} language */
export const joined = (lines, language) => lines.map((line) => line.replace(/\.$/, "")).join(semicolonOf(language));

/** @param {Say} say
 * @param {string[] | undefined} lines
 * @param {string} language */
export const sources = (say, lines, language) =>
  lines === undefined || lines.length === 0
    ? null
    : element("p", { class: "himaya-source" }, `${say("source")}: ${joined(lines, language)}`);

/** Say a change aloud to a screen reader without moving the focus.
 * @param {Element | null} root
 * @param {string} text */
export function announce(root, text) {
  const region = root?.querySelector(".himaya-announce");
  if (region) region.textContent = text;
}

/** The element with an id that the page is known to hold.
 * @param {string} id */
export function byName(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`this page has no #${id}`);
  return found;
}
