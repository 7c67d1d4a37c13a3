/**
 * Where results go: to standard output, to a file, into the run folder.
 *
 * @module
 */
import { folderStore, writeDurably } from "@deepcluster/checkpoint";
import {
  type CombinedFigure,
  EvaluationOptionError,
  type JudgedRun,
  resultsAs,
} from "@deepcluster/evaluation";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { extname, join } from "node:path";
import type { Asked } from "./flags.ts";

/**
 * Prints results, and keeps them where that was asked for and beside the run.
 *
 * @param command Which command found them.
 * @param figures The results.
 * @param operation Where they shall go.
 * @param run The run that was judged, if it was one.
 * @returns Nothing, or `StorageError`, or `EvaluationOptionError` when the
 * extension of `--out` is none of ours.
 */
export const printResults = Effect.fnUntraced(function* (
  command: string,
  figures: readonly CombinedFigure[],
  { json, out }: Pick<Asked["operation"], "json" | "out">,
  run: JudgedRun | undefined,
) {
  yield* Console.log(resultsAs(figures, json ? "json" : "text"));
  const file = yield* formatOf(out);
  if (file !== undefined) {
    const text = resultsAs(figures, file.format, `Judged: ${command}`) + "\n";
    yield* writeDurably(file.path, new TextEncoder().encode(text));
    yield* Effect.logInfo(`Wrote ${shown(file.path)}`);
  }
  if (run !== undefined) yield* keepBesideRun(command, figures, run);
});

/**
 * Where `--out` says that results go, and how.
 *
 * @param out The path as given.
 * @returns The file and the format that its name asks for, nothing when it was
 * not given, or `EvaluationOptionError`.
 */
export const formatOf = Effect.fnUntraced(function* (
  out: Option.Option<string>,
) {
  if (Option.isNone(out)) return undefined;
  const path = fromHere(out.value);
  const format = (["md", "html", "json"] as const)
    .find((format) => extname(path).toLowerCase() === `.${format}`);
  if (format !== undefined) return { path, format };
  return yield* new EvaluationOptionError({
    action: "write the results",
    option: "out",
    rule: "a file ending in .md, .html or .json",
    value: out.value,
  });
});

/** Results are not lost for want of a place in a run that may be read only. */
const keepBesideRun = Effect.fnUntraced(function* (
  command: string,
  figures: readonly CombinedFigure[],
  { folder, epoch }: JudgedRun,
) {
  const store = folderStore(folder);
  const keep = Effect.gen(function* () {
    const place = String(1 + (yield* store.list("evaluations/")).length)
      .padStart(4, "0");
    const path = `evaluations/${place}-${command}.json`;
    const text = JSON.stringify({ command, epoch, figures }, null, 2) + "\n";
    yield* store.put(path, new TextEncoder().encode(text));
    yield* Effect.logInfo(`Kept as ${shown(join(folder, path))}`);
  });
  yield* keep.pipe(
    Effect.catchTags({
      StorageError: ({ message }) => Effect.logWarning(message),
    }),
  );
});
