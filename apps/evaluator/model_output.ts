/**
 * Where a command writes its model: a file that appears whole, and never in
 * place of another unless that was asked for.
 *
 * @module
 */
import type { ModelFile } from "@deepcluster/model-io";
import { kindOf, requireWritable } from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { ModelCommandError } from "./model_errors.ts";

/**
 * Checks where a file shall go, before anything is computed.
 *
 * @param out As given on the command line.
 * @param force Whether an existing file may be replaced.
 * @returns The absolute path, or `ModelCommandError`, or `StorageError`.
 */
export const outputPath = Effect.fnUntraced(function* (
  out: string,
  force: boolean,
) {
  const path = fromHere(out);
  const kind = yield* kindOf(path);
  if (kind === "nothing" || (kind === "file" && force)) {
    yield* requireWritable(path, "file");
    return path;
  }
  return yield* new ModelCommandError({
    action: `write ${shown(path)}`,
    rule: kind === "folder"
      ? "the output must be a file"
      : "the file must be new, or --force given",
    found: `a ${kind} is there`,
  });
});

/**
 * Describes whether the file had a last layer, and whether it was kept.
 *
 * @param model The model.
 * @param kept Whether `--head` was given.
 * @param json For JSON (`head`: its outputs or null; `headKept`), or as text.
 * @returns Facts by name.
 */
export const headFacts = (
  { head }: Pick<ModelFile, "head">,
  kept: boolean,
  json: boolean,
): Readonly<Record<string, unknown>> => {
  const headKept = kept && head !== undefined;
  if (json) return { head: head?.clusters ?? null, headKept };
  return {
    "last layer": head === undefined
      ? "none in the file"
      : `${head.clusters} clusters in the file, ` +
        (headKept ? "kept" : "not kept (--head keeps it)"),
  };
};

/**
 * Describes what of a file was ignored.
 *
 * @param model The model.
 * @param json For JSON, all of it, or as text, the first.
 * @returns Facts by name; as text none where there is nothing to report.
 */
export const ignoredFacts = (
  { ignored, notCalled }: Pick<ModelFile, "ignored" | "notCalled">,
  json: boolean,
): Readonly<Record<string, unknown>> =>
  json ? { ignored, notCalled } : {
    ...ignored.length > 0 && { ignored: listed(ignored) },
    ...notCalled.length > 0 && { "not called": listed(notCalled) },
  };

const listed = (names: readonly string[]): string =>
  names.slice(0, namesShown).join(", ") +
  (names.length > namesShown ? ` and ${names.length - namesShown} more` : "");

/** Names that a line shows. */
const namesShown = 8;

/**
 * Describes what was written.
 *
 * @param path The file.
 * @param written Its size and digest.
 * @param facts What it holds, by name.
 * @param json Whether to print JSON.
 * @returns Nothing.
 */
export const tellWritten = (
  path: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  facts: Readonly<Record<string, unknown>>,
  json: boolean,
): Effect.Effect<void> =>
  Console.log(
    json ? JSON.stringify({ path, bytes, sha256, ...facts }) : [
      `Wrote ${shown(path)}: ${bytes} bytes, sha256 ${sha256}`,
      ...Object.entries(facts).map(([name, fact]) => `${name}: ${fact}`),
    ].join("\n"),
  );
