/**
 * What a person says of clusters: their names, which belong together, which
 * are of no use. Kept beside the index as `curation.json`.
 *
 * The numbers of clusters mean something for one set of centroids only, so
 * what is said lies under the digest of these: a name never slips to another
 * cluster when the images are clustered anew, and is there again when the
 * former clusters are.
 *
 * @module
 */
import { type Matrix, messageOf, OptionError } from "@deepcluster/core";
import {
  bytesOf,
  canonicalJson,
  formatRule,
  formatVersion,
  kindOf,
  readBytes,
  sha256Of,
  type StorageError,
  unknownFormat,
  writeDurably,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect, Schema } from "effect";
import { join } from "node:path";

/** Name of the file in the folder of an index. */
export const curationFile = "curation.json";

/** What is said of a cluster. */
export interface ClusterNote {
  /** What it is called. */
  readonly name?: string;
  /** Whether it is of no use and left out of exports. */
  readonly dismissed?: boolean;
  /** The cluster that it is counted with. */
  readonly mergedInto?: number;
}

/** What is said of the clusters of an index. */
export interface Curation {
  /** Digest of the centroids that it is of. */
  readonly centroids: string;
  /** By cluster. */
  readonly notes: ReadonlyMap<number, ClusterNote>;
  /** Clusters of other centroids about which something is said. */
  readonly unfit: number;
}

/** A file `curation.json` that cannot be read. */
export class CurationError
  extends Schema.TaggedError<CurationError>()("CurationError", {
    path: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The file, the rule it breaks and what it holds. */
  override get message(): string {
    return `Cannot read ${this.path} as ${this.rule}: ${this.found}`;
  }
}

const Notes = type({
  "[string]": {
    "name?": "string",
    "dismissed?": "boolean",
    "mergedInto?": "number.integer >= 0",
  },
});

const CurationFile = type({
  "formatVersion?": "number",
  curations: { "[string]": Notes },
});

/**
 * Reads what is said of the clusters of an index.
 *
 * @param folder Folder of the index.
 * @param centroids `[k, c]` centroids of its clusters.
 * @returns What is said; nothing when there is no file, or one about other
 * centroids only; or `CurationError` or `StorageError`.
 */
export const loadCuration: (
  folder: string,
  centroids: Matrix,
) => Effect.Effect<Curation, CurationError | StorageError> = Effect.fn(
  "loadCuration",
)(function* (folder, centroids) {
  const own = digestOfCentroids(centroids);
  const all = yield* readFile(folder);
  const others = Object.entries(all).filter(([digest]) => digest !== own);
  return {
    centroids: own,
    notes: new Map(
      Object.entries(all[own] ?? {})
        .map(([cluster, note]) => [Number(cluster), note]),
    ),
    unfit: others.reduce(
      (sum, [, notes]) => sum + Object.keys(notes).length,
      0,
    ),
  };
});

/**
 * Writes what is said of the clusters of an index; what was said of other
 * centroids stays.
 *
 * @param folder Folder of the index.
 * @param curation What is said.
 * @returns Nothing, or `CurationError` when the file that is there cannot be
 * read, or `StorageError`.
 */
export const saveCuration: (
  folder: string,
  curation: Curation,
) => Effect.Effect<void, CurationError | StorageError> = Effect.fn(
  "saveCuration",
)(function* (folder, { centroids, notes }) {
  const curations = {
    ...yield* readFile(folder),
    [centroids]: Object.fromEntries(notes),
  };
  const text = canonicalJson({ formatVersion, curations }, 2) + "\n";
  yield* writeDurably(
    join(folder, curationFile),
    new TextEncoder().encode(text),
  );
});

const readFile = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<
  Readonly<Record<string, Readonly<Record<string, ClusterNote>>>>,
  CurationError | StorageError
> {
  const path = join(folder, curationFile);
  if ((yield* kindOf(path)) === "nothing") return {};
  const bytes = yield* readBytes(path);
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(new TextDecoder().decode(bytes)),
    catch: (cause) =>
      new CurationError({
        path,
        rule: "it must be JSON",
        found: messageOf(cause),
      }),
  });
  const read = CurationFile(json);
  if (read instanceof type.errors) {
    const rule = "it must hold notes on clusters";
    return yield* new CurationError({ path, rule, found: read.summary });
  }
  const found = unknownFormat(read.formatVersion);
  if (found === undefined) return read.curations;
  return yield* new CurationError({ path, rule: formatRule, found });
});

/**
 * Digests centroids, so that notes on their clusters find them again.
 *
 * @param centroids `[k, c]`.
 * @returns 64 hexadecimal digits.
 */
const digestOfCentroids = ({ rows, columns, data }: Matrix): string =>
  sha256Of(
    new TextEncoder().encode(`centroids ${rows} x ${columns}\n`),
    bytesOf(data),
  );

/** A change of what is said of a cluster; null takes it back. */
export interface ClusterChange {
  /** Its name. */
  readonly name?: string | null | undefined;
  /** Whether it is left out. */
  readonly dismissed?: boolean | null | undefined;
  /** The cluster that it is counted with. */
  readonly mergedInto?: number | null | undefined;
}

const maxName = 100;

/**
 * Changes what is said of a cluster.
 *
 * @param curation What is said.
 * @param clusters Number of clusters, k.
 * @param cluster The cluster, from 0.
 * @param change What is new.
 * @returns What is said now, or `OptionError` when there is no such cluster,
 * a name is empty or long, or a cluster would be merged into itself.
 */
export const curate: (
  curation: Curation,
  clusters: number,
  cluster: number,
  change: ClusterChange,
) => Effect.Effect<Curation, OptionError> = Effect.fn("curate")(
  function* (curation, clusters, cluster, change) {
    const refuse = (option: string, rule: string, value: unknown) =>
      new OptionError({
        action: `change cluster ${cluster}`,
        option,
        rule,
        value: String(value),
      });
    const isCluster = (one: number) =>
      Number.isInteger(one) && one >= 0 && one < clusters;
    const range = `a cluster from 0 to ${clusters - 1}`;
    if (!isCluster(cluster)) return yield* refuse("cluster", range, cluster);
    const name = change.name?.trim();
    if (
      name !== undefined &&
      (name === "" || name.length > maxName || /\p{Cc}/u.test(name))
    ) {
      const rule = `1 to ${maxName} characters of one line`;
      return yield* refuse("name", rule, JSON.stringify(name));
    }
    const { mergedInto } = change;
    if (typeof mergedInto === "number") {
      if (!isCluster(mergedInto)) {
        return yield* refuse("mergedInto", range, mergedInto);
      }
      if (mergesOf(curation, mergedInto).includes(cluster)) {
        const rule = "a cluster that is neither it nor merged into it";
        return yield* refuse("mergedInto", rule, mergedInto);
      }
    }
    const before = curation.notes.get(cluster) ?? {};
    const after: Record<string, unknown> = { ...before };
    for (const [field, value] of Object.entries({ ...change, name })) {
      if (change[field as keyof ClusterChange] === undefined) continue;
      if (value === null || value === undefined || value === false) {
        delete after[field];
      } else after[field] = value;
    }
    const notes = new Map(curation.notes);
    if (Object.keys(after).length === 0) notes.delete(cluster);
    else notes.set(cluster, after);
    return { ...curation, notes };
  },
);

/**
 * Finds the cluster that a cluster is counted with.
 *
 * @param curation What is said.
 * @param cluster The cluster.
 * @returns The end of its merges; itself when it is not merged. A circle, which
 * only a file that was edited by hand can hold, ends where it began.
 */
export const mergedRoot = (
  curation: Pick<Curation, "notes">,
  cluster: number,
): number => mergesOf(curation, cluster).at(-1)!;

/** A cluster, the one that it is merged into, the one that this is, … */
const mergesOf = (
  { notes }: Pick<Curation, "notes">,
  cluster: number,
): readonly number[] => {
  const merges = [cluster];
  for (;;) {
    const next = notes.get(merges.at(-1)!)?.mergedInto;
    if (next === undefined) return merges;
    if (merges.includes(next)) return [cluster];
    merges.push(next);
  }
};

/**
 * Applies what is said to the clusters of images.
 *
 * @param curation What is said.
 * @param clusters `[n]`, -1: none.
 * @returns `[n]` clusters that merged ones are counted with; -1 for images of
 * dismissed ones too.
 */
export const curated = (
  curation: Pick<Curation, "notes">,
  clusters: Int32Array,
): Int32Array => {
  const roots = new Map<number, number>();
  return clusters.map((cluster) => {
    if (cluster < 0) return -1;
    const known = roots.get(cluster);
    if (known !== undefined) return known;
    const merges = mergesOf(curation, cluster);
    const isDismissed = merges.some((one) =>
      curation.notes.get(one)?.dismissed
    );
    const root = merges.at(-1)!;
    roots.set(cluster, isDismissed ? -1 : root);
    return isDismissed ? -1 : root;
  });
};
