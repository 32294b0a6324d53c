/* Say that a step is at work, and let it be taken once only. */
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    const status = document.querySelector("#working");
    status.textContent = status.dataset.says;
    for (const button of document.querySelectorAll("form[method=post] button")) button.disabled = true;
  });
}
// Who comes back to this page may take a step again.
globalThis.addEventListener("pageshow", (event) => event.persisted && location.reload());

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
