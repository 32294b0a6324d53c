/* Builds what pages, apps, notebooks and JupyterLab load from `src/entries`. `--check` compares instead of writing. */

import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const STATIC = "../himaya_widgets/static";
const VOILA = "../himaya_widgets/share/jupyter/voila/templates/himaya";

/** What is built: the entry, where it goes, and as what. A page runs an `iife`; a notebook imports an `esm` from a blob. */
const BUILT = [
  ...["module", "scenario", "index", "app", "gallery", "reading", "class_module", "class_home", "class_door"].map((name) => [`${name}.js`, `${STATIC}/${name}.js`, "iife"]),
  ...["loader", "notebook"].map((name) => [`${name}.js`, `${STATIC}/${name}.js`, "esm"]),
  ...["module", "scenario", "index", "notebook", "app", "app_module", "gallery", "reading", "class"].map((name) => [`${name}.css`, `${STATIC}/${name}.css`]),
  ["voila.js", `${VOILA}/exit.js`, "iife"],
  ["voila.css", `${VOILA}/look.css`],
  ["voila_steps.css", `${VOILA}/steps.css`],
  ["look.css", "../../src/himaya/publish/look.css"],
  ["exit.js", "../../server/himaya_server/home/static/exit.js", "iife"],
  ["labextension.js", "../himaya_widgets/share/jupyter/labextensions/himaya/static/remoteEntry.js", "iife"],
];

/** What a template of Jinja includes is no template itself. */
const RAW = { banner: { js: "{% raw %}", css: "{% raw %}" }, footer: { js: "{% endraw %}", css: "{% endraw %}" } };

async function built(entry, target, format) {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: [`src/entries/${entry}`],
    bundle: true,
    minify: true,
    target: "es2022",
    format,
    ...(target.startsWith(VOILA) ? RAW : {}),
    legalComments: "none",
    write: false,
    logLevel: "error",
    metafile: true,
  });
  const [output] = Object.values(result.metafile.outputs);
  if (output.imports.length > 0) throw new Error(`${entry}: what is built must load nothing else`);
  return result.outputFiles[0].text;
}

const stale = [];
for (const [entry, target, format] of BUILT) {
  const path = fileURLToPath(new URL(target, import.meta.url));
  const text = await built(entry, target, format);
  if (text === (await readFile(path, "utf8").catch(() => null))) continue;
  if (process.argv.includes("--check")) stale.push(relative(process.cwd(), path));
  else await writeFile(path, text);
}
if (stale.length > 0) {
  console.error(`Not what the sources make: ${stale.join(", ")}. Run make player.`);
  process.exitCode = 1;
}
