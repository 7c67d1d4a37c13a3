/**
 * The images of a run, to be shown: their names, labels, places and
 * thumbnails.
 *
 * Labels are read for display only.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import {
  decode,
  type ImageSource,
  type Labels,
  rememberedImage,
  UnreadableImageError,
} from "@deepcluster/data";
import type { OpenedSource } from "@deepcluster/datasets";
import {
  openImagesOf,
  type OpenImagesOfError,
  readRunImages,
  type ReadRunImagesError,
  type RunConfiguration,
  runFiles,
} from "@deepcluster/runs";
import { folderStore, kindOf } from "@deepcluster/storage";
import { Clock, Effect } from "effect";
import { join } from "node:path";
import { hrefBetween } from "./href.ts";
import { squareOf } from "./square.ts";
import { absent, type ThumbnailOf, thumbnailsOf } from "./thumbnails.ts";

/** An image as it is shown. */
export interface ShownImage {
  /** Rank among the run's readable images. */
  readonly index: number;
  /** Its path in the source. */
  readonly path: string;
  /** Its place relative to the report; absent where there is no such file. */
  readonly href?: string;
  /** Its class, where the images have labels. */
  readonly label?: string;
  /** A small square of it as a `data:` address; absent where it is missing. */
  readonly thumbnail?: string;
  /** Why there is no thumbnail: a clause such as `the file does not exist`. */
  readonly missing?: string;
}

/** The images of a run, by their rank in `images.tsv`. */
export interface ReportImages {
  /** How many. */
  readonly count: number;
  /** The name of an image, as the source gives it. */
  readonly path: (index: number) => string;
  /** Classes of the run's images, where they have labels; -1: none. */
  readonly labels?: Labels;
  /** Where they are; absent where it cannot be opened. */
  readonly source?: ImageSource;
  /** Why the source cannot be opened; absent where it was. */
  readonly unopened?: string;
  /** Whether images may be shown. */
  readonly areShown: boolean;
  /** Makes what is shown of some images; those that are missing say why. */
  readonly show: (
    indices: Iterable<number>,
  ) => Effect.Effect<ReadonlyMap<number, ShownImage>, never, Progress>;
  /**
   * The pixels of an image, see `squareOf`; or `UnreadableImageError` when it
   * is missing.
   */
  readonly square: (
    index: number,
    side: number,
  ) => Effect.Effect<Uint8Array, UnreadableImageError>;
}

/** How images are opened and shown. */
export interface ReportImagesOptions {
  /** Where the images are now. Default: where the run found them. */
  readonly images?: string | undefined;
  /** Column of the labels. Default: that of the run. */
  readonly labelColumn?: string | undefined;
  /** Folder of the page that shows them. Default: the run folder. */
  readonly pageFolder?: string | undefined;
  /** Whether images may be shown. Default: true. */
  readonly thumbnails?: boolean | undefined;
  /** File that keeps thumbnails. Default: one in the run folder. */
  readonly thumbnailFile?: string | undefined;
}

/** What {@link openReportImages} fails with. */
export type OpenReportImagesError = OpenImagesOfError | ReadRunImagesError;

/**
 * Opens the images of a run for display.
 *
 * A source that cannot be opened is no failure unless the options say where it
 * is: a run outlives its images.
 *
 * @param run The run folder.
 * @param configuration Its settings.
 * @param options See {@link ReportImagesOptions}.
 * @returns The images; or an error of the run's tables; or, with a place or a
 * column in the options, why the source cannot be opened.
 */
export const openReportImages: (
  run: string,
  configuration: RunConfiguration,
  options?: ReportImagesOptions,
) => Effect.Effect<ReportImages, OpenReportImagesError> = Effect.fn(
  "openReportImages",
)(function* (run, configuration, options = {}) {
  const { images, labelColumn, pageFolder = run, thumbnails = true } = options;
  const { thumbnailFile = join(run, runFiles.thumbnails) } = options;
  const startMs = yield* Clock.currentTimeMillis;
  const { ids, sha256s } = yield* readRunImages(folderStore(run));
  const { opened, unopened } = yield* openImagesOf({
    ...configuration,
    ...images !== undefined && { images },
    ...labelColumn !== undefined && { labelColumn },
  }, run).pipe(
    Effect.map((source) => ({ opened: source, unopened: undefined })),
    Effect.catch((error) =>
      images === undefined && labelColumn === undefined
        ? Effect.succeed({ opened: undefined, unopened: error.message })
        : Effect.fail(error)
    ),
  );
  const ranks = ranksIn(ids, opened?.source);
  const imageAt = (index: number): ThumbnailOf => ({
    path: ids[index]!,
    ...sha256s && { sha256: sha256s[index]! },
    ...ranks[index]! >= 0 && { payload: opened!.source.payload(ranks[index]!) },
  });
  const labels = opened && labelsOf(opened, ranks);
  const labelOf = (index: number) => labels?.names[labels.classes[index]!];
  return {
    count: ids.length,
    path: (index) => ids[index]!,
    ...labels && { labels },
    ...opened && { source: opened.source },
    ...unopened !== undefined && { unopened },
    areShown: thumbnails,
    show: Effect.fnUntraced(function* (indices) {
      const all = [...new Set(indices)];
      const made = yield* thumbnailsOf(
        thumbnailFile,
        all.map(imageAt),
      );
      const hrefs = yield* Effect.forEach(
        all,
        (index) => hrefOf(pageFolder, imageAt(index)),
        { concurrency: 16 },
      );
      const shown = new Map<number, ShownImage>();
      for (const [i, index] of all.entries()) {
        const href = hrefs[i];
        const label = labelOf(index);
        shown.set(index, {
          index,
          path: ids[index]!,
          ...href !== undefined && { href },
          ...label !== undefined && { label },
          ...made[i]!,
        });
      }
      return shown;
    }),
    square: Effect.fnUntraced(function* (index, side) {
      const { path, payload } = imageAt(index);
      if (payload === undefined) {
        return yield* new UnreadableImageError({ id: path, reason: absent });
      }
      const maxShortSide = 2 * side;
      const image = (yield* rememberedImage(payload, maxShortSide, startMs)) ??
        (yield* decode(path, payload, { maxShortSide }));
      return squareOf(image, side);
    }),
  };
});

/** `sourceIndex` of the images of a run; -1 where the source has it no longer. */
const ranksIn = (
  ids: readonly string[],
  source: ImageSource | undefined,
): Int32Array => {
  const ranks = new Int32Array(ids.length).fill(-1);
  if (source === undefined) return ranks;
  let next = 0;
  let byName: ReadonlyMap<string, number> | undefined;
  for (const [index, id] of ids.entries()) {
    // In the order of the source, with gaps where images are unreadable.
    if (source.ids[next] !== id) {
      byName ??= new Map(source.ids.map((name, rank) => [name, rank]));
      const rank = byName.get(id);
      if (rank === undefined) continue;
      next = rank;
    }
    ranks[index] = next++;
  }
  return ranks;
};

const labelsOf = (
  { labels }: OpenedSource,
  ranks: Int32Array,
): Labels | undefined =>
  labels && {
    names: labels.names,
    classes: ranks.map((rank) => rank < 0 ? -1 : labels.classes[rank]!),
  };

/** Files that are not there have no place. */
const hrefOf = Effect.fnUntraced(function* (
  folder: string,
  { payload }: ThumbnailOf,
) {
  if (payload?.kind !== "file") return undefined;
  const kind = yield* Effect.orElseSucceed(
    kindOf(payload.path),
    () => "nothing",
  );
  return kind === "file" ? hrefBetween(folder, payload.path) : undefined;
});
