/* Reads what himaya.publish.dense wrote. */

const ORDER = 5;
const OFTEN = 20;

export function readDense(text) {
  const [size, packed] = text.split(" ");
  const bytes = atob(packed);
  const seen = {};
  const known = {};
  const out = [];
  let [at, code, range, recent] = [0, 0, 2 ** 32, ""];
  const shift = () => {
    code = code * 256 + bytes.charCodeAt(at);
    at += 1;
  };
  const place = (total) => {
    range = Math.floor(range / total);
    return Math.floor(code / range);
  };
  const take = (low, width) => {
    code -= low * range;
    range *= width;
    while (range < 2 ** 24) {
      shift();
      range *= 256;
    }
  };

  /** The letter that comes, or null where this context does not know it. */
  function read(order, counts, skipped) {
    const left = skipped.size ? [...counts].filter(([letter]) => !skipped.has(letter)) : [...counts];
    if (left.length === 0) return null;
    const total = left.reduce((sum, [, count]) => sum + count, 0);
    const likely = (known[[order, Math.min(left.length, 4), Math.clz32(total), skipped.size > 0]] ??= [1, 1]);
    const right = place(likely[0] + likely[1]) < likely[1] ? 1 : 0;
    take(right ? 0 : likely[1], likely[right]);
    likely[right] += 1;
    if (right) {
      const wanted = place(total);
      let low = 0;
      for (const [letter, count] of left) {
        if (wanted < low + count) {
          take(low, count);
          return letter;
        }
        low += count;
      }
    }
    for (const [letter] of left) skipped.add(letter);
    return null;
  }

  for (let first = 0; first < 4; first += 1) shift();
  while (out.length < size) {
    const passed = [];
    const skipped = new Set();
    let letter = null;
    for (let start = 0; start <= recent.length && letter === null; start += 1) {
      const counts = (seen[`=${recent.slice(start)}`] ??= new Map());
      passed.push(counts);
      letter = read(recent.length - start, counts, skipped);
    }
    if (letter === null) {
      const unit = place(65536);
      take(unit, 1);
      letter = String.fromCharCode(unit);
    }
    for (const counts of passed) {
      counts.set(letter, (counts.get(letter) ?? 0) + 2);
      if (counts.get(letter) > OFTEN) counts.forEach((count, one) => counts.set(one, (count + 1) >> 1));
    }
    out.push(letter);
    recent = (recent + letter).slice(-ORDER);
  }
  return out.join("");
}

/** Put the data and text of a page into their places, and use its styles and script: its policy names both by their
    hash. */
export function openDense() {
  const place = document.getElementById("himaya-data");
  const [data, text, styles, ...script] = readDense(place.textContent).split("\n");
  const add = (tag, textContent) => document.body.append(Object.assign(document.createElement(tag), { textContent }));
  place.textContent = data;
  document.querySelector("main").innerHTML = text; // of the build's own making
  add("style", styles);
  add("script", script.join("\n"));
}
