/**
 * Where results go: to standard output, to a file, into the run folder.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import {
  type CombinedResult,
  divergedJson,
  formatResults,
  type ProbeDivergedError,
  skippedJson,
  skippedLines,
} from "@deepcluster/evaluation";
import type { Skipped } from "@deepcluster/metrics";
import type { EvaluatedRun } from "@deepcluster/runs";
import {
  folderStore,
  requireWritable,
  type Store,
  writeDurably,
} from "@deepcluster/storage";
import { fromHere, shown, version } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { extname, join } from "node:path";
import type { EvaluationValues } from "./flags.ts";

/** What a command prints and keeps. */
export interface Found {
  /** Name of the command. */
  readonly command: string;
  /** The images, as the user named them. */
  readonly data: string;
  /** The figures. */
  readonly figures: readonly CombinedResult[];
  /** Probes that have none. */
  readonly diverged: readonly ProbeDivergedError[];
  /** What was left out. */
  readonly skipped: readonly Skipped[];
  /** Flags that decide what is measured and how, as they were typed. */
  readonly flags: readonly string[];
  /** The run that was evaluated, if it was one. */
  readonly run: EvaluatedRun | undefined;
}

/**
 * Prints results, writes them to `--out` and keeps them beside the run.
 *
 * @param found The results.
 * @param operation Where they shall go.
 * @returns Nothing, or `StorageError`, or `OptionError` when the
 * extension of `--out` is none of ours.
 */
export const printResults = Effect.fnUntraced(function* (
  found: Found,
  { json, out }: Pick<EvaluationValues["operation"], "json" | "out">,
) {
  const { command, data, figures, diverged, skipped, run } = found;
  const told = { diverged, skipped };
  yield* Console.log(formatResults(figures, json ? "json" : "text", told));
  if (!json && Option.isNone(out) && figures.length > 0) {
    yield* Effect.logInfo(
      "More, such as times: --json, or --out FILE.html, .md or .json",
    );
  }
  const file = yield* formatOf(out);
  if (file !== undefined) {
    const title = `Evaluation: ${command} on ${data}`;
    const text = formatResults(figures, file.format, { title, ...told });
    yield* writeDurably(file.path, new TextEncoder().encode(text + "\n"));
    yield* Effect.logInfo(`Wrote ${shown(file.path)}`);
  }
  if (run !== undefined) yield* keepBesideRun(found, run);
});

/**
 * Prints on standard error what was left out, and why.
 *
 * @param skipped All of it.
 */
export const warnOfSkipped = (
  skipped: readonly Skipped[],
): Effect.Effect<void> =>
  Effect.forEach(
    skippedLines(skipped),
    (line) => Effect.logWarning(`Skipped ${line}`),
    { discard: true },
  );

/**
 * Where `--out` says that results go, and how; checked before any work.
 *
 * @param out Value of `--out`.
 * @returns The file and the format that its name asks for, nothing when it was
 * not given, or `OptionError`, or `StorageError` when it cannot be written.
 */
export const formatOf = Effect.fnUntraced(function* (
  out: Option.Option<string>,
) {
  if (Option.isNone(out)) return undefined;
  const path = fromHere(out.value);
  const format = (["md", "html", "json"] as const)
    .find((format) => extname(path).toLowerCase() === `.${format}`);
  if (format !== undefined) {
    yield* requireWritable(path, "file");
    return { path, format };
  }
  return yield* new OptionError({
    action: "write the results",
    option: "out",
    rule: "a file ending in .md, .html or .json",
    value: out.value,
  });
});

/** Results are not lost for want of a place in a run that may be read only. */
const keepBesideRun = Effect.fnUntraced(function* (
  { command, data, flags, figures, diverged, skipped }: Found,
  { folder, epoch }: EvaluatedRun,
) {
  const store = folderStore(folder);
  const keep = Effect.gen(function* () {
    const path = yield* nextPath(store, command);
    const kept = {
      command,
      data: fromHere(data),
      flags,
      epoch,
      version,
      figures,
      ...divergedJson(diverged),
      ...skippedJson(skipped),
    };
    const text = JSON.stringify(kept, null, 2) + "\n";
    yield* store.put(path, new TextEncoder().encode(text));
    yield* Effect.logInfo(`Kept as ${shown(join(folder, path))}`);
  });
  yield* keep.pipe(
    Effect.catchTags({
      StorageError: ({ message }) => Effect.logWarning(message),
    }),
  );
});

/** The path after those of all evaluations, of which some may be removed. */
const nextPath = Effect.fnUntraced(function* (store: Store, command: string) {
  const places = (yield* store.list("evaluations/")).flatMap((path) =>
    /^evaluations\/(\d+)-[^/]*$/.exec(path)?.[1] ?? []
  );
  const place = 1 + Math.max(0, ...places.map(Number));
  return `evaluations/${String(place).padStart(4, "0")}-${command}.json`;
});
