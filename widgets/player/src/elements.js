/* Small pieces of HTML that every activity is made of. Text only ever goes in as text, never as markup. */

import { numeralsOf, pluralForm } from "./facts.js";

const FOCUSABLE = ["button", "input", "select", "summary", "textarea"];

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  // Otherwise JupyterLab takes Enter, the arrows and letters for its own commands: D twice deletes a cell.
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  const whole = tag === "option" ? children : children.flatMap(pieces); // an option holds nothing but text
  node.append(...whole.filter((child) => child !== null));
  return node;
}

const [VALUE, ENGLISH, END] = ["\u2068", "\u2066", "\u2069"];

/** Text with isolates (see himaya.languages.isolates) as text and elements; anything else as it is. */
function pieces(child) {
  if (typeof child !== "string" || (!child.includes(VALUE) && !child.includes(ENGLISH))) return [child];
  const open = [document.createElement("span")];
  for (const part of child.split(/([\u2066\u2068\u2069])/)) {
    if (part === VALUE || part === ENGLISH) {
      const inner = document.createElement(part === VALUE ? "bdi" : "span");
      if (part === ENGLISH) Object.assign(inner, { className: "himaya-english", lang: "en", dir: "ltr" });
      open.at(-1).append(inner);
      open.push(inner);
    } else if (part === END) {
      if (open.length > 1) open.pop();
    } else if (part !== "") {
      open.at(-1).append(part);
    }
  }
  return [...open[0].childNodes];
}

const NUMBER = /^\d+(\.\d+)?$/;
/** @type {{ digits: string, point: string } | undefined} */
let numerals;

/** Write numbers on this page in the digits of a course: one set on a screen. */
export function useDigits(style) {
  numerals = numeralsOf(style);
  document.documentElement.dataset.himayaDigits = style; // for the numbers that style sheets write
}

/** A number as this page writes it; any other value as it is. */
export function shown(value) {
  const text = String(value);
  if (numerals === undefined || !NUMBER.test(text)) return text;
  const { digits, point } = numerals;
  return text.replace(".", point).replace(/\d/g, (digit) => digits[digit]);
}

/** Replace `{name}` in a sentence of the catalogue, in the form that its number asks for. */
export function fill(sentence, values = {}) {
  const { by, forms, language } = typeof sentence === "string" ? { forms: [sentence] } : sentence;
  const form = by === undefined ? forms[0] : forms[pluralForm(language, Number(values[by]))];
  return form.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? shown(values[name]) : whole));
}

export const paragraphs = (text) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => element("p", {}, line));

/** A button that keeps its place in the focus order across redraws through `key`. */
export const button = (key, label, press, attributes = {}) =>
  element("button", { type: "button", "data-key": key, onclick: press, ...attributes }, label);

export const labelled = (label, ...content) =>
  element("div", { class: "himaya-labelled" }, element("h5", {}, label), ...content);

/** As `labelled`, where no heading stands above it: an item has none, and a heading would skip levels. */
export const captioned = (label, ...content) =>
  element("div", { class: "himaya-labelled" }, element("p", {}, element("strong", {}, label)), ...content);

export const sources = (say, lines) =>
  lines === undefined || lines.length === 0
    ? null
    : element("p", { class: "himaya-source" }, `${say("source")}: ${lines.join("; ")}`);

/** Say a change aloud to a screen reader without moving the focus. */
export function announce(root, text) {
  const region = root.querySelector(".himaya-announce");
  if (region !== null) region.textContent = text;
}
