/**
 * Groups of images that are the same, or nearly: by their bytes, by their
 * pixels, by the similarity of their vectors.
 *
 * Each kind holds the ones before it: the same bytes are the same pixels, and
 * the same pixels have the same vector. A group has one image to keep, and
 * every other image of it stands in the group's relation to that one, never
 * only to another member: similarity that is handed on from image to image
 * chains pictures together that have nothing in common.
 *
 * @module
 */

/** How two images are the same, the closest first. */
export type DuplicateKind = (typeof duplicateKinds)[number];

/** See {@link DuplicateKind}. */
export const duplicateKinds = ["bytes", "pixels", "near"] as const;

/** What is known of an image. */
export interface DuplicateCandidate {
  /** Its name, by which ties are broken. */
  readonly path: string;
  /** Bytes of its file. */
  readonly size: number;
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** Hash of its file. */
  readonly sha256: string;
  /** Hash of its decoded pixels; empty for given vectors. */
  readonly pixels: string;
  /** Row of its vector. */
  readonly vector: number;
}

/** An image that is the same as the one that is kept. */
export interface Duplicate<I> {
  /** The image. */
  readonly image: I;
  /** How it is the same. */
  readonly kind: DuplicateKind;
  /** Cosine similarity to the kept one; 1 but for near ones. */
  readonly score: number;
}

/** Images that are the same. */
export interface DuplicateGroup<I> {
  /** What holds for all of them. */
  readonly kind: DuplicateKind;
  /** The image to keep. */
  readonly keep: I;
  /** Why that one. */
  readonly why: string;
  /** The others, the most similar first. */
  readonly duplicates: readonly Duplicate<I>[];
}

/** Rows that are similar to a row, without itself. */
export type NearRows = (
  row: number,
) => Iterable<{ readonly row: number; readonly score: number }>;

/**
 * Groups images.
 *
 * The best image that is in no group yet is kept, and takes into its group all
 * the others that are the same as it. O(n log n) time and the near rows.
 *
 * @param images The images.
 * @param nearRows Rows at or above the level of similarity; without them only
 * the same pixels, or the same bytes, are grouped.
 * @param kind The least that images of a group have in common.
 * @returns Groups of two images and more: the same bytes first, then the same
 * pixels, then near ones; of these the largest first.
 */
export const duplicateGroups = <I extends DuplicateCandidate>(
  images: readonly I[],
  kind: DuplicateKind,
  nearRows: NearRows = () => [],
): readonly DuplicateGroup<I>[] => {
  const ordered = images.toSorted(better);
  const peers = Map.groupBy(ordered, keyOf[kind]);
  const grouped = new Set<I>();
  const groups: DuplicateGroup<I>[] = [];
  for (const keep of ordered) {
    if (grouped.has(keep)) continue;
    const duplicates: Duplicate<I>[] = [];
    const take = (others: readonly I[] | undefined, score: number) => {
      for (const image of others ?? []) {
        if (grouped.has(image)) continue;
        grouped.add(image);
        if (image === keep) continue;
        duplicates.push({ image, kind: relationOf(keep, image), score });
      }
    };
    take(peers.get(keyOf[kind](keep)), 1);
    if (kind === "near") {
      for (const { row, score } of nearRows(keep.vector)) {
        take(peers.get(row), score);
      }
    }
    if (duplicates.length === 0) continue;
    duplicates.sort((a, b) => b.score - a.score || rank(a) - rank(b));
    groups.push({
      kind: duplicateKinds[Math.max(...duplicates.map(rank))]!,
      keep,
      why: reasonFor(keep, duplicates.map(({ image }) => image)),
      duplicates,
    });
  }
  return groups.sort((a, b) =>
    rank(a) - rank(b) || b.duplicates.length - a.duplicates.length
  );
};

const rank = ({ kind }: { readonly kind: DuplicateKind }): number =>
  duplicateKinds.indexOf(kind);

/** Given vectors have no pixels: they are the same when their bytes are. */
const pixelsKey = (
  { pixels, width, height, sha256 }: DuplicateCandidate,
): string =>
  pixels === "" ? `bytes ${sha256}` : `${width} x ${height} ${pixels}`;

const keyOf: Readonly<
  Record<DuplicateKind, (image: DuplicateCandidate) => string | number>
> = {
  bytes: ({ sha256 }) => sha256,
  pixels: pixelsKey,
  near: ({ vector }) => vector,
};

/**
 * Tells how two images of one group are the same.
 *
 * @param a An image.
 * @param b Another.
 * @returns The closest that holds.
 */
export const relationOf = (
  a: DuplicateCandidate,
  b: DuplicateCandidate,
): DuplicateKind =>
  a.sha256 === b.sha256
    ? "bytes"
    : pixelsKey(a) === pixelsKey(b)
    ? "pixels"
    : "near";

/** What makes an image the one to keep, in the order of importance. */
const merits: readonly {
  readonly name: string;
  readonly value: (image: DuplicateCandidate) => number;
}[] = [
  { name: "most pixels", value: ({ width, height }) => width * height },
  { name: "largest file", value: ({ size }) => size },
  { name: "shortest path", value: ({ path }) => -path.length },
];

const better = (a: DuplicateCandidate, b: DuplicateCandidate): number => {
  for (const { value } of merits) {
    const difference = value(b) - value(a);
    if (difference !== 0) return difference;
  }
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
};

/** The first merit in which it is above any other; it is below in none before. */
const reasonFor = (
  keep: DuplicateCandidate,
  others: readonly DuplicateCandidate[],
): string =>
  merits.find(({ value }) => others.some((one) => value(one) < value(keep)))
    ?.name ?? "first by name";
