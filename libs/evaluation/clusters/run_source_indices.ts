/**
 * Which of the labelled images are those of a run: by name and by content,
 * since names such as `00017` are those of several sets.
 *
 * @module
 */
import { contentHashOf, digestAt, setDigest } from "@deepcluster/data";
import {
  openJournal,
  readRunImages,
  runFiles,
  type RunImageTables,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect, Option, Schema } from "effect";
import { join } from "node:path";
import type { EvaluationData } from "../evaluation_data.ts";
import type { EvaluationImages } from "../evaluation_images.ts";
import { ForeignAssignmentsError } from "./assignments_errors.ts";

/** What {@link sourceIndicesOfRun} needs to know of the labelled images. */
export interface PlacedIn {
  /** The images. */
  readonly data: Pick<EvaluationData, "name" | "source">;
  /** Their content. */
  readonly images: Pick<EvaluationImages, "digests">;
}

/**
 * Finds the images of a run among labelled ones.
 *
 * The labelled images, a part of them, or a folder within must hold every
 * image of the run under the run's name for it, with the content that the run
 * learned from. A run of a version that kept no digest of each image is
 * compared by the hash of all its images.
 *
 * @param folder The run folder.
 * @param paths The run's names of its images.
 * @param placed Where they are looked for.
 * @returns Position among the labelled images of each path, or
 * `ForeignAssignmentsError`, or the errors of the run folder.
 */
export const sourceIndicesOfRun = Effect.fn("sourceIndicesOfRun")(function* (
  folder: string,
  paths: readonly string[],
  { data, images: { digests } }: PlacedIn,
) {
  const otherIn = yield* comparison(folder, digests);
  const { ids } = data.source;
  const sourceIndices = new Map(
    ids.map((id, sourceIndex) => [id, sourceIndex]),
  );
  let nearest: { labelled: number; other: string } | undefined;
  for (const renamed of renamings(paths[0] ?? "", ids)) {
    const sourceIndexOf = (path: string) =>
      sourceIndices.get(renamed(path) ?? "");
    const missing = paths.findIndex((path) =>
      sourceIndexOf(path) === undefined
    );
    if (missing < 0) {
      const other = otherIn(paths, sourceIndexOf);
      if (other === undefined) {
        return Int32Array.from(paths, (path) => sourceIndexOf(path)!);
      }
      nearest ??= { labelled: paths.length, other };
    }
  }
  return yield* new ForeignAssignmentsError({
    run: folder,
    source: data.name,
    images: paths.length,
    labelled: paths.filter((path) => sourceIndices.has(path)).length,
    ...nearest,
  });
});

/** Where the run's images would lie among the labelled ones. */
type SourceIndexOf = (path: string) => number | undefined;

/** Names an image of other content, if some have, wherever they may lie. */
const comparison = Effect.fnUntraced(function* (
  folder: string,
  digests: Uint8Array,
) {
  const tables = yield* readRunImages(folderStore(folder));
  const { ids, sha256s } = tables;
  if (sha256s === undefined) {
    const contentHash = yield* contentHashIn(folder);
    return (_: readonly string[], sourceIndexOf: SourceIndexOf) =>
      haveHash(tables, sourceIndexOf, digests, contentHash)
        ? undefined
        : "one or more of them";
  }
  const known = new Map(ids.map((id, index) => [id, sha256s[index]!]));
  return (paths: readonly string[], sourceIndexOf: SourceIndexOf) =>
    paths.find((path) =>
      known.get(path) !== digestAt(digests, sourceIndexOf(path)!)
    );
});

/** Replaces what a name begins with; `undefined` when it begins otherwise. */
type Renaming = (path: string) => string | undefined;

/**
 * Ways in which names of the run may stand among those of the labelled images:
 * unchanged first, then under another folder, the more of the name is kept the
 * earlier.
 */
const renamings = (
  first: string,
  ids: readonly string[],
): readonly Renaming[] => {
  const starts = [
    0,
    ...Array.from(first.matchAll(/\//g), ({ index }) => index + 1),
  ];
  const found = new Map<string, Renaming>();
  for (const start of starts) {
    const [from, kept] = [first.slice(0, start), first.slice(start)];
    for (const id of ids) {
      if (id !== kept && !id.endsWith(`/${kept}`)) continue;
      const to = id.slice(0, id.length - kept.length);
      const name = JSON.stringify([from, to]);
      found.set(
        name,
        found.get(name) ??
          ((path) =>
            path.startsWith(from) ? to + path.slice(from.length) : undefined),
      );
    }
  }
  return [(path) => path, ...found.values()];
};

/**
 * Whether all images of a run, those left out among them, have its hash: in
 * the order of the labelled images, in that of its table, or by name.
 */
const haveHash = (
  { ids, leftOut }: RunImageTables,
  sourceIndexOf: SourceIndexOf,
  digests: Uint8Array,
  contentHash: string,
): boolean => {
  const all = [...ids, ...leftOut.map(({ id }) => id)]
    .map((id) => ({ id, sourceIndex: sourceIndexOf(id) ?? -1 }));
  if (all.some(({ sourceIndex }) => sourceIndex < 0)) return false;
  return [
    all.toSorted((a, b) => a.sourceIndex - b.sourceIndex),
    all,
    all.toSorted((a, b) => a.id < b.id ? -1 : 1),
  ].some((order) => {
    const some = new Uint8Array(32 * order.length);
    for (const [index, { sourceIndex }] of order.entries()) {
      setDigest(some, index, digestAt(digests, sourceIndex));
    }
    const source = { ids: order.map(({ id }) => id) };
    return contentHashOf(source, some) === contentHash;
  });
};

const Surveyed = Schema.Struct({ contentHash: Schema.String });

/** The hash of all images of the run, usable or not. */
const contentHashIn = Effect.fnUntraced(function* (folder: string) {
  const path = join(folder, runFiles.journal);
  const journal = yield* openJournal(path, { readOnly: true });
  const entry = yield* journal.get("survey");
  return Option.flatMap(entry, Schema.decodeUnknownOption(Surveyed)).pipe(
    Option.match({
      onNone: () => "",
      onSome: ({ contentHash }) => contentHash,
    }),
  );
}, Effect.scoped);
