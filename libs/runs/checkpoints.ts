/**
 * Checkpoints by epoch and step: their names, which is the newest that can
 * be trusted, and which may go.
 *
 * `checkpoints/epoch-0003.safetensors` is the state at the end of epoch 3,
 * `checkpoints/epoch-0003-step-000120.safetensors` the state within epoch 3
 * after 120 steps.
 *
 * @module
 */
import {
  type CheckpointStore,
  CorruptArtifactError,
  loadTensors,
  SafetensorsError,
  type StorageError,
  type TensorFile,
} from "@deepcluster/storage";
import { Effect } from "effect";

/** A checkpoint by its name. */
export interface Checkpoint {
  /** Path in the store. */
  readonly path: string;
  /** Epoch that it ends, or lies in. */
  readonly epoch: number;
  /** Steps done within the epoch; absent at its end. */
  readonly step?: number;
}

/** A checkpoint that cannot be used. */
export interface SkippedCheckpoint {
  /** Path in the store. */
  readonly path: string;
  /** What is wrong with it, as a message. */
  readonly reason: string;
}

/** The newest checkpoint that is what was saved. */
export interface NewestValid<Content = TensorFile> {
  /** Which one, with its content; absent when there is none. */
  readonly found?: Checkpoint & Content;
  /** Newer ones that are damaged, newest first. */
  readonly skipped: ReadonlyArray<SkippedCheckpoint>;
}

const folder = "checkpoints/";
const name = /^checkpoints\/epoch-(\d{4,})(?:-step-(\d{6,}))?\.safetensors$/;

/** How many checkpoints within an epoch stay: one may turn out damaged. */
const keptWithinEpoch = 2;

/**
 * Names a checkpoint.
 *
 * @param epoch Epoch, from 0.
 * @param step Steps done within the epoch; absent at its end.
 * @returns Path in the store.
 *
 * @example The end of epoch 3
 * ```ts
 * import { checkpointPath } from "@deepcluster/runs";
 * import assert from "node:assert/strict";
 *
 * assert.equal(checkpointPath(3), "checkpoints/epoch-0003.safetensors");
 * ```
 */
export const checkpointPath = (epoch: number, step?: number): string => {
  const within = step === undefined
    ? ""
    : `-step-${String(step).padStart(6, "0")}`;
  return `${folder}epoch-${
    String(epoch).padStart(4, "0")
  }${within}.safetensors`;
};

/**
 * Lists the checkpoints of a run by their names, without opening them.
 *
 * @param store The run's store.
 * @returns Newest first: later epochs first, an epoch's end before the steps
 * within it; or `StorageError`.
 */
export const listCheckpoints: (
  store: CheckpointStore["Service"],
) => Effect.Effect<ReadonlyArray<Checkpoint>, StorageError> = Effect.fn(
  "listCheckpoints",
)(function* (
  store,
) {
  const checkpoints: Array<Checkpoint> = [];
  for (const path of yield* store.list(folder)) {
    const [, epoch, step] = name.exec(path) ?? [];
    if (epoch === undefined) continue;
    const end = { path, epoch: Number(epoch) };
    checkpoints.push(step === undefined ? end : { ...end, step: Number(step) });
  }
  return checkpoints.sort(newestFirst);
});

/**
 * Loads the newest checkpoint whose digest agrees with its content. Damaged
 * and cut-off ones are skipped for the one before; the caller says so to
 * the user.
 *
 * @param store The run's store.
 * @param among Which checkpoints to consider. Default: all.
 * @returns The checkpoint with its tensors, and those skipped; or
 * `StorageError` when the file system refuses.
 */
export const newestValid: (
  store: CheckpointStore["Service"],
  among?: (checkpoint: Checkpoint) => boolean,
) => Effect.Effect<NewestValid, StorageError> = Effect.fn("newestValid")(
  function* (store, among = () => true) {
    return yield* newestOpened(
      store,
      among,
      (path) => loadTensors(store, path),
    );
  },
);

/**
 * Opens the newest checkpoint that is not damaged, as {@link newestValid}.
 *
 * @typeParam Content What it is opened as.
 * @typeParam E What else opening it fails with.
 * @param store The run's store.
 * @param among Which checkpoints to consider.
 * @param open Opens one by its path in the store.
 * @returns The checkpoint with its content, and those skipped; or `E`, or
 * `StorageError` when the file system refuses.
 */
export const newestOpened = Effect.fnUntraced(function* <Content, E>(
  store: CheckpointStore["Service"],
  among: (checkpoint: Checkpoint) => boolean,
  open: (
    path: string,
  ) => Effect.Effect<Content, CorruptArtifactError | SafetensorsError | E>,
): Effect.fn.Return<NewestValid<Content>, StorageError | E> {
  const skipped: Array<SkippedCheckpoint> = [];
  for (const checkpoint of (yield* listCheckpoints(store)).filter(among)) {
    const { path } = checkpoint;
    const content = yield* Effect.catchIf(open(path), isDamage, (error) => {
      skipped.push({ path, reason: error.message });
      return Effect.succeed(undefined);
    });
    if (content) return { found: { ...checkpoint, ...content }, skipped };
  }
  return { skipped };
});

const isDamage = (
  error: unknown,
): error is CorruptArtifactError | SafetensorsError =>
  error instanceof CorruptArtifactError || error instanceof SafetensorsError;

/**
 * Removes checkpoints that are no longer needed: all but the newest `keep`
 * ends of epochs, those within an epoch that is over, and all but the newest
 * two within the epoch under way.
 *
 * @param store The run's store.
 * @param keep Ends of epochs to keep, at least 1; with 2 a run outlives a
 * damaged one.
 * @returns Paths removed, newest first, or `StorageError`.
 */
export const prune: (
  store: CheckpointStore["Service"],
  keep: number,
) => Effect.Effect<ReadonlyArray<string>, StorageError> = Effect.fn("prune")(
  function* (
    store,
    keep,
  ) {
    if (!Number.isSafeInteger(keep) || keep < 1) {
      return yield* Effect.die(
        new RangeError(`Cannot prune as keep must be >= 1: keep=${keep}`),
      );
    }
    const all = yield* listCheckpoints(store);
    const ends = all.filter(({ step }) => step === undefined);
    const within = all.filter(({ step }) => step !== undefined);
    const over = ends[0]?.epoch ?? -1;
    const kept = new Set([
      ...ends.slice(0, keep),
      ...within.filter(({ epoch }) => epoch > over).slice(0, keptWithinEpoch),
    ]);
    const paths = all.filter((c) => !kept.has(c)).map(({ path }) => path);
    yield* Effect.forEach(paths, (path) => store.remove(path));
    return paths;
  },
);

const newestFirst = (a: Checkpoint, b: Checkpoint): number =>
  b.epoch - a.epoch || (b.step ?? lastStep) - (a.step ?? lastStep);

/** The step that the end of an epoch counts as. */
const lastStep = Number.MAX_SAFE_INTEGER;
