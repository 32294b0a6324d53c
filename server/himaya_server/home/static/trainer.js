/* Ask whose each chosen file is: who somebody is, the trainer says, never a file. */
const files = document.querySelector("#files");
const whose = document.querySelector("#whose");
const known = new Set([...document.querySelectorAll("#trainees option")].map((option) => option.value));

files.addEventListener("change", () => {
  whose.replaceChildren(
    ...[...files.files].map((file) => {
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const asks = document.createElement("span");
      asks.textContent = whose.dataset.asks;
      const field = document.createElement("input");
      Object.assign(field, { name: "trainee", required: true, autocomplete: "off", dir: "auto" });
      field.setAttribute("list", "trainees");
      const stem = file.name.replace(/\.jsonl$/, "");
      if (known.has(stem)) field.value = stem;
      const label = document.createElement("label");
      label.append(name, " ", asks, document.createElement("br"), field);
      const line = document.createElement("li");
      line.append(label);
      return line;
    }),
  );
});

/* Bring them in: the files one by one, then the names, so that no request is large however many they are. */
const saved = document.querySelector("#saved");
const bar = document.querySelector("#bar");
const far = document.querySelector("#far");
const problem = document.querySelector("#problem");
const LANES = 4; // requests at a time: a weak link waits for answers more than it sends
const LOOK = 500; // milliseconds between two looks at how far the platform is

const said = (text, values) => {
  const counted = (_, name) => [...String(values[name])].map((digit) => saved.dataset.digits[digit] ?? digit).join("");
  return text.replace(/\{(\w+)\}/g, counted);
};

/** Show how far it is: a bar to see, and words beside it. */
function show(text, n, total) {
  bar.hidden = false;
  Object.assign(bar, { value: n, max: total });
  far.textContent = said(text, { n, total });
}

/** Send one request and return what it answers; the problem is a sentence for the trainer. */
async function ask(path, body) {
  const headers = { "X-XSRFToken": saved.dataset.xsrf, "Content-Type": "application/octet-stream" };
  const answer = await fetch(saved.dataset.to + path, body === undefined ? {} : { method: "POST", headers, body });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.problem ?? saved.dataset.broken);
  return told;
}

async function send(chosen, named, module) {
  const size = chosen.reduce((sum, file) => sum + file.size, 0);
  const { batch, most } = await ask("", JSON.stringify({ module, files: chosen.length, bytes: size }));
  let next = 0;
  let sent = 0;
  const lane = async () => {
    while (next < chosen.length) {
      const number = next++;
      await ask(`/${batch}/${number}`, chosen[number].slice(0, most));
      show(saved.dataset.sent, ++sent, chosen.length);
    }
  };
  show(saved.dataset.sent, 0, chosen.length);
  await Promise.all(Array.from({ length: LANES }, lane));
  await ask(`/${batch}`, JSON.stringify(named));
  return batch;
}

/** Wait until all are taken in; a link that breaks meanwhile stops nothing. */
async function wait(batch, total) {
  for (;;) {
    const told = await ask(`/${batch}`).catch(() => ({ done: bar.value, ended: false }));
    show(saved.dataset.taken, told.done, total);
    if (told.ended) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

const button = saved.querySelector("button");
button.disabled = false; // without a script nobody is asked whose the files are
saved.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = "";
  const chosen = [...files.files];
  const fields = [...whose.querySelectorAll("input")];
  const named = chosen.map((file, number) => ({ name: file.name, trainee: fields[number].value }));
  try {
    const batch = await send(chosen, named, saved.querySelector("#module").value);
    await wait(batch, chosen.length);
    location.assign(`${saved.dataset.page}?taken=${batch}#taken`);
  } catch (error) {
    bar.hidden = true;
    far.textContent = "";
    // A request that found no way says so in the browser's own words.
    problem.textContent = error instanceof TypeError ? saved.dataset.broken : error.message;
    button.disabled = false;
  }
});
