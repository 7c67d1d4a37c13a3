/**
 * What earlier looks at image files found, so that a file which nobody has
 * touched is not read again at the same path.
 *
 * One table for each place that images are opened from. Names, sizes and
 * times never stand for the content: a row holds the SHA-256 of what was read,
 * and counts for the file with its path, size, times and inode only.
 *
 * @module
 */
import {
  contentDigest,
  digestAt,
  type FileStamp,
  type ImagePayload,
  type ImageSource,
  isSettled,
  isUntouched,
  type KnownImage,
  setDigest,
  stampAt,
  type Survey,
} from "@deepcluster/data";
import {
  readTable,
  type Store,
  type TableError,
  writeTable,
} from "@deepcluster/storage";
import { Effect } from "effect";

/** Images as they were found earlier. */
export interface KnownImages {
  /** What is known of an image, for `SurveyOptions.known`. */
  readonly recall: (
    sourceIndex: number,
    payload: ImagePayload,
    stamp: FileStamp,
  ) => Effect.Effect<KnownImage | undefined>;
  /** Rows of files that are none of the source's now. */
  readonly others: readonly (readonly string[])[];
}

/** One file as it was found. */
interface Row {
  readonly stamp: FileStamp;
  readonly digest: Uint8Array;
  readonly reason: string;
}

const columns = [
  "path",
  "size",
  "modifiedNs",
  "changedNs",
  "inode",
  "sha256",
  "unreadable",
];

/**
 * Reads what is known of a source's images.
 *
 * Takes about 300 bytes of memory for each file in the table.
 *
 * @param store Where the table is kept.
 * @param path Of the table; nothing is known when it is not there, or damaged.
 * @param source The images.
 * @returns What is known, or `StorageError`.
 */
export const readKnownImages = Effect.fnUntraced(function* (
  store: Store,
  path: string,
  source: ImageSource,
) {
  const wanted = new Set(
    source.ids.map((_, sourceIndex) => nameOf(source, sourceIndex)),
  );
  const rows = new Map<string, Row>();
  const others: (readonly string[])[] = [];
  if ((yield* store.list(path)).includes(path)) {
    yield* readTable(store, path, columns, (cells) => {
      const row = rowOf(cells);
      if (row === undefined) return;
      if (wanted.has(cells[0]!)) rows.set(cells[0]!, row);
      else others.push(cells);
    }).pipe(
      // A damaged table costs the time of reading the files again, no more.
      Effect.catchTag(
        "TableError",
        (_: TableError) =>
          Effect.sync(() => {
            rows.clear();
            others.length = 0;
          }),
      ),
    );
  }
  return {
    others,
    recall: Effect.fnUntraced(function* (sourceIndex, payload, stamp) {
      const row = rows.get(nameOf(source, sourceIndex));
      if (row === undefined) return undefined;
      const { digest, reason } = row;
      const isSame = payload.kind === "file"
        ? isUntouched(row.stamp, stamp)
        : digestAt(yield* contentDigest(payload), 0) === digestAt(digest, 0);
      if (!isSame) return undefined;
      return reason === "" ? { digest } : { digest, reason };
    }),
  } satisfies KnownImages;
});

/**
 * Keeps what a survey found, for {@link readKnownImages}.
 *
 * Files that changed in the two seconds before are left out: they may change
 * again without their stamp showing it.
 *
 * @param store Where the table is kept.
 * @param path Of the table.
 * @param source The images.
 * @param survey What was found.
 * @param known What was known before.
 * @param startMs When the survey began, in milliseconds since 1970.
 * @returns The table's reference, or `StorageError`.
 */
export const writeKnownImages = (
  store: Store,
  path: string,
  source: ImageSource,
  survey: Pick<Survey, "stamps" | "digests" | "unreadable">,
  { others }: Pick<KnownImages, "others">,
  startMs: number,
): ReturnType<typeof writeTable> => {
  const reasons = new Map(
    survey.unreadable.map(({ id, reason }) => [id, reason]),
  );
  const rows = function* () {
    yield* others;
    for (const [sourceIndex, id] of source.ids.entries()) {
      const stamp = stampAt(survey.stamps, sourceIndex);
      if (stamp.size < 0 || !isSettled(stamp, startMs)) continue;
      yield [
        nameOf(source, sourceIndex),
        String(stamp.size),
        String(stamp.modifiedNs),
        String(stamp.changedNs),
        String(stamp.inode),
        digestAt(survey.digests, sourceIndex),
        reasons.get(id) ?? "",
      ];
    }
  };
  return writeTable(store, path, columns, rows());
};

const rowOf = (
  [, size, modifiedNs, changedNs, inode, sha256, reason]: readonly string[],
): Row | undefined => {
  const numbers = [size, modifiedNs, changedNs, inode].join(" ");
  const isWhole = /^(-?\d+ ){3}\d+$/.test(numbers) &&
    /^[0-9a-f]{64}$/.test(sha256!);
  if (!isWhole) return undefined;
  const digest = new Uint8Array(32);
  setDigest(digest, 0, sha256!);
  return {
    stamp: {
      size: Number(size),
      modifiedNs: BigInt(modifiedNs!),
      changedNs: BigInt(changedNs!),
      inode: BigInt(inode!),
    },
    digest,
    reason: reason!,
  };
};

/** Path of an image's file, or the name of one in memory. */
const nameOf = ({ ids, payload }: ImageSource, sourceIndex: number): string => {
  const found = payload(sourceIndex);
  return found.kind === "file" ? found.path : ids[sourceIndex]!;
};
