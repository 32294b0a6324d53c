/* Bundles sources for tests: node bundle.js '{"names": ["fold"], "fault": ["events", "right", "wrong"]}' writes a script whose
   global `player` holds all that these files export. A fault replaces text in one source, to see that a test notices. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** @param {string[]} names
 * @param {[string, string, string] | null} fault */
export async function bundled(names, fault = null) {
  const contents = names.map((name) => `export * from "./src/${name}.js";`).join("\n");
  const seed = {
    name: "fault",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (fault === null || !path.endsWith(`/src/${fault[0]}.js`)) return undefined;
        const text = await readFile(path, "utf8");
        if (!text.includes(fault[1])) throw new Error(`${fault[0]}.js no longer holds: ${fault[1]}`);
        return { contents: text.replaceAll(fault[1], fault[2]), loader: "js" };
      });
    },
  };
  const result = await build({
    absWorkingDir: HERE,
    stdin: { contents, resolveDir: HERE },
    bundle: true,
    format: "iife",
    globalName: "player",
    target: "es2022",
    write: false,
    logLevel: "silent",
    plugins: [seed],
  });
  return result.outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { names, fault } = JSON.parse(process.argv[2]);
  process.stdout.write(await bundled(names, fault));
}
