/**
 * What is served at a moment: a state of the index with its clusters as a
 * person has curated them, and the history of the run that it is of.
 *
 * @module
 */
import {
  type ClusterChange,
  clusterHistory,
  curate,
  type Curation,
  curationFile,
  type IndexedImage,
  loadCuration,
  saveCuration,
  type SharedHistory,
  type Unusual,
  unusualAmong,
} from "@deepcluster/retrieval";
import { readRunImages } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect, Semaphore } from "effect";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ClusterLists, listClusters } from "./cluster_lists.ts";
import { BadRequest, Unavailable } from "@deepcluster/page-server";
import type { Stale } from "./search.ts";
import type { Snapshot, Snapshots } from "./snapshot.ts";

/** What is served at a moment. */
export interface Served {
  /** The state of the index. */
  readonly snapshot: Snapshot;
  /** Its clusters. */
  readonly lists: ClusterLists;
  /** How unusual an image is for a cluster. */
  readonly unusual: Unusual;
  /** The run that the index is of. */
  readonly run: RunHistory | undefined;
}

/** The epochs of a run, for images that it was trained on. */
export interface RunHistory {
  /** The run folder. */
  readonly folder: string;
  /** Epoch at whose end the weights were saved; 0: untrained. */
  readonly weightsEpoch: number;
  /** Epoch of the clusters, where they are the run's. */
  readonly clustersEpoch?: number;
  /** Epochs whose clusters are known, ascending. */
  readonly epochs: readonly number[];
  /** Undefined when either image is none of the run. */
  readonly shared: (
    a: IndexedImage,
    b: IndexedImage,
  ) => SharedHistory | undefined;
}

/** Gives what is served. */
export interface Serving {
  /** What is served now. */
  readonly now: Effect.Effect<Served, Unavailable>;
  /** Uses what is served; starts again when the index is updated meanwhile. */
  readonly use: <A, E>(
    body: (served: Served) => Effect.Effect<A, E | Stale>,
  ) => Effect.Effect<A, E | Unavailable>;
  /** Changes what is said of a cluster. */
  readonly change: (
    cluster: number,
    change: ClusterChange,
  ) => Effect.Effect<Served, BadRequest | Unavailable>;
}

/** Often enough for an index that is updated while it is searched. */
const attempts = 3;

/**
 * Serves the states of an index.
 *
 * @param folder The index folder.
 * @param snapshots Its states.
 * @returns What is served.
 */
export const makeServing: (
  folder: string,
  snapshots: Snapshots,
) => Effect.Effect<Serving> = Effect.fnUntraced(function* (folder, snapshots) {
  const mutex = yield* Semaphore.make(1);
  let known:
    | { readonly served: Served; readonly curation: Curation; stamp: string }
    | undefined;
  const curationStamp = () => stampOfFile(join(folder, curationFile));

  const prepare = Effect.fnUntraced(function* (snapshot: Snapshot) {
    const stamp = curationStamp();
    if (known?.served.snapshot === snapshot && known.stamp === stamp) {
      return known.served;
    }
    const { index } = snapshot;
    const before = known?.served.snapshot === snapshot
      ? known.served
      : undefined;
    const curation = yield* loadCuration(folder, index.centroids);
    const run = before === undefined ? yield* historyOf(snapshot) : before.run;
    const served = {
      snapshot,
      lists: listClusters(index, curation),
      unusual: before?.unusual ?? unusualAmongImages(snapshot),
      run,
    };
    known = { served, curation, stamp };
    return served;
  });

  const unavailable = ({ message }: { readonly message: string }) =>
    new Unavailable({ detail: message });
  const serve = (snapshot: Snapshot) =>
    mutex.withPermit(Effect.mapError(prepare(snapshot), unavailable));
  const now = Effect.flatMap(snapshots.current, serve);
  const attempt = <A, E>(
    body: (served: Served) => Effect.Effect<A, E | Stale>,
    left: number,
    served: Effect.Effect<Served, Unavailable>,
  ): Effect.Effect<A, E | Unavailable> =>
    Effect.catch(
      Effect.flatMap(served, body),
      (error): Effect.Effect<A, E | Unavailable> =>
        !isStale(error)
          ? Effect.fail(error as E | Unavailable)
          : left > 0
          ? attempt(body, left - 1, Effect.flatMap(snapshots.renew, serve))
          : Effect.fail(
            new Unavailable({
              detail: "Cannot search as the index is being updated; try " +
                "again in a moment",
            }),
          ),
    );

  return {
    now,
    use: (body) => attempt(body, attempts, now),
    change: Effect.fnUntraced(function* (cluster, change) {
      const { snapshot } = yield* now;
      return yield* mutex.withPermit(Effect.gen(function* () {
        // Another command may have changed it since.
        const { centroids } = snapshot.index;
        const before = yield* loadCuration(folder, centroids);
        const after = yield* curate(before, centroids.rows, cluster, change);
        yield* saveCuration(folder, after);
        return yield* prepare(snapshot);
      })).pipe(
        Effect.mapError((error) =>
          error._tag === "OptionError"
            ? new BadRequest({ detail: error.message })
            : unavailable(error)
        ),
      );
    }),
  };
});

const isStale = (error: unknown): error is Stale =>
  typeof error === "object" && error !== null && "_tag" in error &&
  error._tag === "Stale";

const stampOfFile = (path: string): string => {
  if (!existsSync(path)) return "none";
  const { size, mtimeMs, ino } = statSync(path);
  return `${size} ${mtimeMs} ${ino}`;
};

const unusualAmongImages = ({ index }: Snapshot): Unusual => {
  const { images, clusters, distances } = index;
  return unusualAmong(
    Int32Array.from(images, ({ vector }) => clusters[vector] ?? -1),
    Float32Array.from(images, ({ vector }) => distances[vector] ?? 0),
  );
};

/** Loads the epochs of the run that an index is of. */
const historyOf = Effect.fnUntraced(function* (
  { index: { settings } }: Snapshot,
): Effect.fn.Return<RunHistory | undefined> {
  const folder = settings.model?.path ?? "";
  if (!existsSync(join(folder, "assignments"))) return undefined;
  return yield* Effect.gen(function* () {
    const clustersEpoch = epochOf(settings.descriptor);
    const history = yield* clusterHistory(folder, clustersEpoch);
    const { ids, sha256s } = yield* readRunImages(folderStore(folder));
    const digests = new Map(ids.map((id, i) => [id, sha256s?.[i]]));
    const isOfRun = ({ path, sha256 }: IndexedImage) =>
      digests.has(path) && (digests.get(path) ?? sha256) === sha256;
    return {
      folder,
      ...clustersEpoch === undefined
        ? { weightsEpoch: Number(settings.model?.options["epoch"]) }
        : { weightsEpoch: clustersEpoch - 1, clustersEpoch },
      epochs: history.epochs,
      shared: (a: IndexedImage, b: IndexedImage) =>
        isOfRun(a) && isOfRun(b) ? history.shared(a.path, b.path) : undefined,
    };
  }).pipe(
    Effect.catch(({ message }) =>
      Effect.as(
        Effect.logWarning(`Results have no history: ${message}`),
        undefined,
      )
    ),
  );
});

/** The epoch whose clusters an index has. */
const epochOf = (
  descriptor: Readonly<Record<string, unknown>>,
): number | undefined => {
  const clusters = descriptor["clusters"] as { epoch?: number } | undefined;
  return clusters?.epoch;
};
