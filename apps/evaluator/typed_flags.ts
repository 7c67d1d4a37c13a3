/**
 * The flags of an evaluation as they were typed, so that `compare` can say how
 * another run is evaluated in the same way.
 *
 * @module
 */
import { fromHere } from "@deepcluster/terminal";

/** What a command line says besides flags. */
export interface TypedSubject {
  /** The command: `knn`. */
  readonly command: string;
  /** MODEL. */
  readonly model: string;
  /** DATA. */
  readonly data: string;
}

/** Flags that say which weights are evaluated and where files go. */
const others = /^--(?:epoch|out|state|json|no-json)$/;

/** Those of them without a value. */
const switches = /^--(?:no-)?json$/;

/** Flags that name a file or a folder. */
const paths = /^--(?:train-list|test-list|cache)$/;

/**
 * Takes the flags from a command line that decide what is measured and how.
 *
 * @param words The command line.
 * @param subject What it says besides flags.
 * @returns Names and values of flags in their order; paths are absolute.
 *
 * @example Of a command line
 * ```ts
 * import { typedFlags } from "./typed_flags.ts";
 * import assert from "node:assert/strict";
 *
 * const words = ["knn", "runs/a", "photos", "--seeds=3", "--out", "a.html"];
 * const subject = { command: "knn", model: "runs/a", data: "photos" };
 * assert.deepEqual(typedFlags(words, subject), ["--seeds", "3"]);
 * ```
 */
export const typedFlags = (
  words: readonly string[],
  { command, model, data }: TypedSubject,
): readonly string[] => {
  const rest = words.slice(1 + words.indexOf(command))
    .filter((word) => word !== "--").flatMap(apart);
  for (const subject of [model, data]) {
    const found = rest.flatMap((word, at) => word === subject ? [at] : []);
    const at = found.find((at) => !rest[at - 1]?.startsWith("-")) ?? found[0];
    if (at !== undefined) rest.splice(at, 1);
  }
  return rest.flatMap((word, at) => {
    const before = rest[at - 1] ?? "";
    if (others.test(word)) return [];
    if (others.test(before) && !switches.test(before)) return [];
    return [paths.test(before) ? fromHere(word) : word];
  });
};

/** `--name=value` in two words; a switch stays one. */
const apart = (word: string): readonly string[] => {
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || value === undefined) return [word];
  if (switches.test(name)) return [name];
  return /^(?:true|false)$/.test(value) ? [word] : [name, value];
};
