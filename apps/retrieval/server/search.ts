/**
 * Searches and descriptions, computed by a thread: what waits is computed
 * together, and what nobody waits for any more is not computed.
 *
 * @module
 */
import type { DecodeOptions, Image } from "@deepcluster/data";
import { Effect, type Scope, Semaphore } from "effect";
import type { BoxNumbers } from "./answers.ts";
import { startBatcher } from "./batcher.ts";
import type { BadRequest, Unavailable } from "@deepcluster/page-server";
import type { Snapshot } from "./snapshot.ts";
import type { Thread } from "./thread.ts";
import type {
  OpenedSearch,
  SentDescriptor,
  SentImage,
  SentQuery,
} from "./thread_calls.ts";

/** A row that was found. */
export interface FoundRow {
  readonly row: number;
  readonly score: number;
  readonly percentile: number;
}

/** What was found for a query. */
export interface FoundRows {
  /** The most similar first. */
  readonly rows: readonly FoundRow[];
  /** How they were searched for. */
  readonly search: SearchKind;
}

/** Whether all rows are compared; with the recall of an approximate search. */
export type SearchKind = Pick<OpenedSearch, "kind" | "recall">;

/** The thread has another state of the index: the request must start again. */
export class Stale {
  readonly _tag = "Stale";
}

/** An image, and the part of it that is meant. */
export interface Region {
  readonly image: Image;
  /** Default: the entire image. */
  readonly box?: BoxNumbers;
}

type AskError = BadRequest | Unavailable | Stale;

type Asked<A> = Effect.Effect<A, AskError>;

/** What can be computed. */
export interface Search {
  /** How a state of the index is searched. */
  readonly opened: (snapshot: Snapshot) => Asked<OpenedSearch>;
  /** Finds the rows most similar to a row or to a vector. */
  readonly find: (
    snapshot: Snapshot,
    query: SentQuery,
    top: number,
  ) => Asked<FoundRows>;
  /** Describes an image, as its model sees it, or a part of one in full size. */
  readonly describe: <E>(
    snapshot: Snapshot,
    regionFor: (options: DecodeOptions) => Effect.Effect<Region, E>,
  ) => Effect.Effect<SentDescriptor, E | AskError>;
  /** Finds the pair of regions of two images that agree most. */
  readonly regions: (
    snapshot: Snapshot,
    query: Region,
    image: Region,
  ) => Asked<{
    readonly score: number;
    readonly query: BoxNumbers;
    readonly image: BoxNumbers;
  }>;
  /** Batches that were computed, for tests. */
  readonly batches: () => { readonly find: number; readonly describe: number };
}

/** Queries that may wait. */
const maxWaiting = 1000;

/** Images of a description, where the descriptor does not say. */
const defaultBatch = 32;

/**
 * Starts searching with a thread.
 *
 * @param thread The thread; nobody else asks it.
 * @returns What can be computed while the scope lasts.
 */
export const startSearch: (
  thread: Thread,
) => Effect.Effect<Search, never, Scope.Scope> = Effect.fnUntraced(
  function* (thread) {
    const mutex = yield* Semaphore.make(1);
    const counts = { find: 0, describe: 0 };
    let opened: (OpenedSearch & { readonly incarnation: number }) | undefined;

    /** Makes the thread have a state; callers hold the mutex. */
    const ready = Effect.fnUntraced(function* ({ stamp }: Snapshot) {
      const known = opened;
      if (
        known?.stamp === stamp && known.incarnation === thread.incarnation()
      ) {
        return known;
      }
      const answer = yield* thread.ask("open", undefined);
      const incarnation = thread.incarnation();
      opened = { ...answer, incarnation };
      if (answer.stamp !== stamp) return yield* Effect.fail(new Stale());
      return opened;
    });

    const find = yield* startBatcher({
      size: () => 256,
      waiting: maxWaiting,
      run: (
        jobs: readonly {
          readonly snapshot: Snapshot;
          readonly query: SentQuery;
          readonly top: number;
        }[],
      ) =>
        mutex.withPermit(Effect.gen(function* () {
          // Those that began with another state start again.
          const newest = jobs.at(-1)!.snapshot;
          const some = jobs.filter(({ snapshot }) => snapshot === newest);
          const { kind, recall } = yield* ready(newest);
          const search = { kind, ...recall !== undefined && { recall } };
          counts.find++;
          const answers = yield* thread.ask("search", {
            queries: some.map(({ query }) => query),
            top: Math.max(...some.map(({ top }) => top)),
          });
          const results = new Map(
            some.map((job, i) =>
              [job, { rows: foundRows(answers[i]!, job.top), search }] as const
            ),
          );
          return jobs.map((job) => results.get(job));
        })),
    });

    const describe = yield* startBatcher({
      size: () => batch,
      waiting: maxWaiting,
      run: (images: readonly SentImage[]) =>
        Effect.suspend(() => {
          counts.describe++;
          return thread.ask("describe", images, images.map(({ data }) => data));
        }),
    });
    let batch = defaultBatch;

    return {
      opened: (snapshot) => mutex.withPermit(ready(snapshot)),
      find: (snapshot, query, top) =>
        Effect.flatMap(
          find({ snapshot, query, top }),
          (found) =>
            found === undefined
              ? Effect.fail(new Stale())
              : Effect.succeed(found),
        ),
      describe: (snapshot, regionFor) =>
        Effect.gen(function* () {
          yield* mutex.withPermit(ready(snapshot));
          const descriptor = yield* thread.ask("descriptor", undefined);
          batch = descriptor.batch;
          const region = yield* regionFor(descriptor.decodeOptions);
          return yield* describe(sent(region));
        }),
      regions: (snapshot, query, image) =>
        Effect.gen(function* () {
          yield* mutex.withPermit(ready(snapshot));
          const request = { query: sent(query), image: sent(image) };
          return yield* thread.ask(
            "regions",
            request,
            [request.query.data, request.image.data],
          );
        }),
      batches: () => ({ ...counts }),
    };
  },
);

/** The first results of a query; others of its batch may have asked for more. */
const foundRows = (buffer: ArrayBuffer, top: number): readonly FoundRow[] => {
  const values = new Float64Array(buffer);
  const count = Math.min(top, values.length / 3);
  return Array.from({ length: count }, (_, i) => ({
    row: values[3 * i]!,
    score: values[3 * i + 1]!,
    percentile: values[3 * i + 2]!,
  }));
};

/** A copy of the pixels, which changes hands. */
const sent = ({ image, box }: Region): SentImage => ({
  width: image.width,
  height: image.height,
  data: image.data.slice().buffer,
  ...box && { box },
});
