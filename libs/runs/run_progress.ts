/**
 * The file `progress.json` of a run: what its process is doing, for others to
 * show.
 *
 * @module
 */
import {
  type StorageError,
  type Store,
  TableError,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { runFiles } from "./run_folder.ts";

/** How far the work under way is. */
export interface RunProgress {
  /** When it was written, in ISO 8601. */
  readonly at: string;
  /** Phase under way, as progress names it. */
  readonly phase: string;
  /** Epoch, from 1; absent before the first. */
  readonly epoch?: number;
  /** Units done. */
  readonly done: number;
  /** Units that there are. */
  readonly total: number;
  /** What a unit is, such as `images`. */
  readonly unit: string;
  /** Units a second, where it is known. */
  readonly rate?: number;
  /** Further figures of the phase, such as the epoch's mean `loss` so far. */
  readonly figures?: Readonly<Record<string, number>>;
}

const Progress = type({
  at: "string.date.iso",
  phase: "string",
  "epoch?": "number.integer >= 1",
  done: "number >= 0",
  total: "number >= 0",
  unit: "string",
  "rate?": "number >= 0",
  "figures?": "Record<string, number>",
});

/**
 * Reads what the newest process of a run last said it was doing.
 *
 * @param store The run's store.
 * @returns The progress, `undefined` for runs that noted none; or `TableError`
 * when the file is damaged, or `StorageError`.
 */
export const readProgress: (
  store: Store,
) => Effect.Effect<RunProgress | undefined, StorageError | TableError> = Effect
  .fn("readProgress")(function* (store) {
    const bytes = yield* store.read(runFiles.progress).pipe(
      Effect.catchIf(
        ({ reason }) => reason === "missing",
        () => Effect.succeed(undefined),
      ),
    );
    // It is written without waiting for the disk: a power cut can empty it.
    if (bytes === undefined || bytes.length === 0) return undefined;
    const text = new TextDecoder().decode(bytes);
    const damaged = (found: string) =>
      new TableError({
        path: store.pathOf(runFiles.progress),
        line: 1,
        rule: "it must be progress as `train` writes it",
        found,
      });
    const json = yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: () => damaged(JSON.stringify(text.slice(0, 60))),
    });
    const progress = Progress(json);
    return progress instanceof type.errors
      ? yield* damaged(progress.summary)
      : progress;
  });
