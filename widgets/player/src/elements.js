/* Small pieces of HTML that every activity is made of. Text only ever goes in as text, never as markup. */

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

export const directionOf = (language) => (language === "en" ? "ltr" : "rtl");

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
const INDIC = "٠١٢٣٤٥٦٧٨٩";
let indic = false;

/** Write numbers on this page in Arabic-Indic digits, or again in Western ones: one set on a screen. */
export function useDigits(style) {
  indic = style === "arabic-indic";
  document.documentElement.dataset.himayaDigits = style; // for the numbers that style sheets write
}

/** A number as this page writes it; any other value as it is. */
export function shown(value) {
  const text = String(value);
  return indic && NUMBER.test(text) ? text.replace(".", "٫").replace(/\d/g, (digit) => INDIC[digit]) : text;
}

/** Which form of a sentence a number takes, as himaya.languages.facts.plural_form says. */
function pluralForm(count, n) {
  if (!Number.isInteger(n)) return count - 1;
  if (count !== 6) return n === 1 ? 0 : 1;
  if (n <= 2) return n;
  if (n % 100 >= 3 && n % 100 <= 10) return 3;
  return n % 100 >= 11 ? 4 : 5;
}

/** Replace `{name}` in a sentence of the catalogue, in the form that its number asks for. */
export function fill(sentence, values = {}) {
  const { by, forms } = typeof sentence === "string" ? { forms: [sentence] } : sentence;
  const form = by === undefined ? forms[0] : forms[pluralForm(forms.length, Number(values[by]))];
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
