/**
 * Where a run continues after it was stopped: what the journal calls finished
 * counts only while the files it refers to are what was written.
 *
 * A checkpoint or a clustering that is damaged is skipped for the one
 * before it: the journal forgets what came after, so that it is done again,
 * which gives the same bytes.
 *
 * @module
 */
import { ArtifactRef, CheckpointStore, type Store } from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import type { Journal, JournalEntry, JournalError } from "./journal.ts";
import { RunFolder } from "./run_services.ts";

/** Where a run continues. */
export interface Recovery {
  /** Newest epoch whose files are all intact; 0 when only the beginning is. */
  readonly epoch: number;
  /** Files that are damaged or gone, in the order they were tried. */
  readonly skipped: readonly string[];
}

/** What the journal holds of one epoch, by activity. */
type Epoch = Partial<Record<"features" | "cluster" | "train", JournalEntry>>;

/**
 * Truncates the journal after the last epoch whose files are all intact. Intact
 * results of the next, unfinished epoch are kept.
 *
 * Reads the files it verifies: a checkpoint and a clustering for each epoch it
 * skips.
 *
 * @returns See {@link Recovery}, or the errors of journal and store.
 */
export const recover: () => Effect.Effect<
  Recovery,
  JournalError,
  RunFolder | CheckpointStore
> = Effect.fn("recover")(function* () {
  const { journal } = yield* RunFolder;
  const store = yield* CheckpointStore;
  const entries = yield* journal.entries;
  const epochs = byEpoch(entries);
  const skipped: string[] = [];
  const intact = intactIn(store, skipped);
  const epoch = yield* newestIntact(epochs, intact);
  const next = epochs[epoch + 1] ?? {};
  const kept = new Set<JournalEntry | undefined>();
  if (yield* intact(next.cluster)) kept.add(next.features).add(next.cluster);
  else if (yield* intact(next.features)) kept.add(next.features);
  const first = entries.find(({ name }) => name.endsWith("initialise"));
  if (epoch > 0 || (yield* intact(first))) kept.add(first);
  const forgotten = [first, ...epochs.slice(epoch + 1).flatMap(Object.values)]
    .filter((entry) => entry !== undefined && !kept.has(entry));
  yield* journal.forget(forgotten.map(({ name }) => name));
  return { epoch, skipped };
});

/**
 * Returns the epoch that a run would resume from, and forgets nothing.
 *
 * Reads the files it verifies, as {@link recover} does.
 *
 * @param journal The run's journal, which may be read-only.
 * @param store The run's store.
 * @returns The newest epoch whose files are intact; 0 when none is; or the
 * errors of journal and store.
 */
export const newestIntactEpoch: (
  journal: Journal,
  store: Store,
) => Effect.Effect<number, JournalError> = Effect.fn("newestIntactEpoch")(
  function* (
    journal,
    store,
  ) {
    const epochs = byEpoch(yield* journal.entries);
    return yield* newestIntact(epochs, intactIn(store, []));
  },
);

type IsIntact = ReturnType<typeof intactIn>;

const newestIntact = Effect.fnUntraced(function* (
  epochs: readonly Epoch[],
  intact: IsIntact,
) {
  let epoch = epochs.length - 1;
  for (; epoch > 0; epoch--) {
    const { cluster, train } = epochs[epoch]!;
    if (train && (yield* intact(train)) && (yield* intact(cluster))) break;
  }
  return epoch;
});

/** Whether every file of an entry is what was written; notes those that not. */
const intactIn = (store: Store, skipped: string[]) =>
  Effect.fnUntraced(function* (entry: JournalEntry | undefined) {
    if (entry === undefined) return false;
    for (const ref of refsIn(entry.value)) {
      if (yield* store.verify(ref)) continue;
      skipped.push(ref.path);
      return false;
    }
    return true;
  });

/** Entries of activities such as `e3/train`; the first epoch is number 1. */
const byEpoch = (entries: readonly JournalEntry[]): readonly Epoch[] => {
  const epochs: Epoch[] = [{}];
  for (const entry of entries) {
    const [, epoch, activity] =
      /(?:^|\/)e(\d+)\/(features|cluster|train)\b/.exec(entry.name) ?? [];
    if (epoch === undefined) continue;
    while (epochs.length <= Number(epoch)) epochs.push({});
    epochs[Number(epoch)]![activity as keyof Epoch] = entry;
  }
  return epochs;
};

/** Every reference to a file in a journaled result. */
const refsIn = (value: unknown): readonly ArtifactRef[] => {
  if (isRef(value)) return [value];
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(refsIn)
    : [];
};

const isRef = Schema.is(ArtifactRef);
