/* Sources of the player for tests: all that some files export, with a fault in one of them where that is asked for. */

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

import { bundled } from "../bundle.js";

/** @param {string[]} names
 * @param {[string, string, string] | null} fault */
export async function sources(names, fault = null) {
  const document = { documentElement: { dataset: {} } };
  return runInNewContext(`${await bundled(names, fault)} player`, { document, console, TextEncoder });
}

/** The rules of every kind.
 * @param {[string, string, string] | null} fault */
export async function rules(fault = null) {
  const player = await sources(["fold", "generated/kinds", "shuffle"], fault);
  player.useKinds(player.KINDS);
  return player;
}

/** @param {string} name */
export const vectors = (name) => JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8"));
