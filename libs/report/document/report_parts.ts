/**
 * The parts of the report that need the model: map, filters, images of filters.
 *
 * A part that cannot be made says why in its place, and in the log: the rest of
 * the report is of use without it.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import { OptionError, type Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import { mapSection } from "@deepcluster/pages";
import { openModel } from "@deepcluster/runs";
import { filterPicture } from "@deepcluster/visualisation";
import { Effect, type Scope } from "effect";
import { filtersSection } from "../filters/filters_section.ts";
import { reportTopImages } from "../filters/report_top_images.ts";
import { topImagesSection } from "../filters/top_images_section.ts";
import type { ReportImages } from "../images/report_images.ts";
import type { OpenRunImageSet } from "../images/run_image_set.ts";
import { encodeMap } from "../map/encode_map.ts";
import type { ReportMap } from "../map/colour_points.ts";
import {
  readReportMap,
  reportMap,
  type ReportMapError,
} from "../map/report_map.ts";
import type { ReportSection } from "./report_page.ts";

/** How the parts are made. */
export interface PartOptions {
  /** Folder that keeps features: the `--cache` of `evaluate`. */
  readonly cache: string;
  /**
   * Whether to compute what takes a pass over the images: map and images of
   * filters. Default: true. Otherwise a map that the run folder has is shown.
   */
  readonly map?: boolean;
  /** Layer of the filters whose images are shown. Default: the last convolution. */
  readonly layer?: string;
  /** Names the draws of map and random clusters. Default: the run's seed. */
  readonly seed?: number;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
}

/** The run that the parts are of. */
export interface PartsRun {
  /** The run folder. */
  readonly folder: string;
  /** Its images. */
  readonly images: ReportImages;
  /** Opens them for the network. */
  readonly open: OpenRunImageSet;
}

/**
 * Makes the map of the features.
 *
 * @param run See {@link PartsRun}.
 * @param options See {@link PartOptions}.
 * @returns The section.
 */
export const mapPart: (
  run: PartsRun,
  options: PartOptions,
) => Effect.Effect<
  ReportSection,
  never,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("mapPart")(function* ({ folder, images, open }, options) {
  const part = { id: "map", title: "Map" };
  const { map: computed = true, seed, batch } = options;
  const shown = {
    thumbnails: images.areShown,
    ...images.labels && { labels: images.labels },
  };
  const { source } = images;
  const made: Effect.Effect<
    ReportMap | undefined,
    ReportMapError,
    Assigner | Backend | Progress | Scope.Scope
  > = computed && source !== undefined
    ? reportMap(folder, {
      ...shown,
      source,
      open,
      cache: options.cache,
      squareOf: images.square,
      ...seed !== undefined && { seed },
      ...batch !== undefined && { batch },
    })
    : readReportMap(folder, shown);
  return yield* orSaid(
    part,
    Effect.map(made, (map): ReportSection => {
      if (map === undefined) {
        return {
          ...part,
          body: computed ? notOpened(images) : "The map was not computed.",
        };
      }
      const encoded = encodeMap(map);
      return {
        ...part,
        body: mapSection(encoded),
        styles: ["map.css"],
        scripts: ["map_start.js"],
        data: { "map-data": encoded },
      };
    }),
  );
});

/**
 * Makes the picture of the first layer.
 *
 * @param run See {@link PartsRun}.
 * @returns The section.
 */
export const filtersPart: (
  run: Pick<PartsRun, "folder">,
) => Effect.Effect<ReportSection, never, Backend> = Effect.fn("filtersPart")(
  function* ({ folder }) {
    const part = { id: "filters", title: "Filters" };
    return yield* orSaid(
      part,
      openModel(folder, { seed: 0 }).pipe(
        Effect.flatMap((model) => filterPicture(model)),
        Effect.flatMap(filtersSection),
        Effect.map((body) => ({ ...part, body })),
      ),
    );
  },
);

/** A section that is yet to be drawn. */
type DrawnSection = Effect.Effect<ReportSection, never, Progress>;

/**
 * Finds the images that activate filters of a layer most.
 *
 * The pass over the images keeps the features that the map needs.
 *
 * @param run See {@link PartsRun}.
 * @param options See {@link PartOptions}.
 * @returns What draws the section, or `OptionError` when the model has no such
 * `layer`.
 */
export const topImagesPart: (
  run: PartsRun,
  options: PartOptions,
) => Effect.Effect<
  DrawnSection,
  OptionError,
  Backend | Progress | Scope.Scope
> = Effect.fn("topImagesPart")(function* ({ folder, images, open }, options) {
  const part = { id: "top-images", title: "Top images" };
  const { map: computed = true, layer, batch } = options;
  const without = (body: string): DrawnSection =>
    Effect.succeed({ ...part, body });
  if (!images.areShown) {
    return without("This report was made without images.");
  }
  if (!computed) {
    return without("The images of the filters were not computed.");
  }
  if (images.source === undefined) return without(notOpened(images));
  return yield* reportTopImages(folder, {
    source: images.source,
    open,
    cache: options.cache,
    alongside: ["features"],
    ...layer !== undefined && { layer },
    ...batch !== undefined && { batch },
  }).pipe(
    Effect.map((found): DrawnSection =>
      images.show(
        found.filters.flatMap(({ top }) => top.map(({ index }) => index)),
      ).pipe(
        Effect.map((shown) => ({
          ...part,
          body: topImagesSection(found, shown),
        })),
      )
    ),
    // A layer that was asked for and is not there is a mistake, not a gap.
    Effect.catch((error) =>
      layer !== undefined && error instanceof OptionError
        ? Effect.fail(error)
        : Effect.map(said(part, error), Effect.succeed)
    ),
  );
});

const notOpened = ({ unopened }: ReportImages): string =>
  `Not shown, as the images of the run cannot be opened: ${
    withoutFolders(unopened ?? "")
  }.`;

/** A report may be given away, so it does not tell where things lie. */
const withoutFolders = (message: string): string =>
  message.replaceAll(
    /(?<=^|[\s'"(=])(?:[A-Za-z]:)?[\\/](?=\S)(?:[^\\/:"'\n]+[\\/])*/g,
    "",
  );

/** Says in the place of a part, and in the log, why it is not there. */
const orSaid = <E extends { readonly message: string }, R>(
  part: Pick<ReportSection, "id" | "title">,
  made: Effect.Effect<ReportSection, E, R>,
): Effect.Effect<ReportSection, never, R> =>
  Effect.catch(made, (error) => said(part, error));

const said = (
  { id, title }: Pick<ReportSection, "id" | "title">,
  { message }: { readonly message: string },
): Effect.Effect<ReportSection> =>
  Effect.as(
    Effect.logWarning(`${title} left out of the report: ${message}`),
    { id, title, body: `Not shown: ${withoutFolders(message)}.` },
  );
