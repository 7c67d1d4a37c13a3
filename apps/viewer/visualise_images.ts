/**
 * Images that a command of `visualise` looks at.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { imagesFor, openReadableImages } from "@deepcluster/evaluation";
import type { LayeredModel } from "@deepcluster/features";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  numberFlag,
  optionalFlag,
  presentOnly,
} from "@deepcluster/terminal";
import { Effect, type Option } from "effect";
import { Flag } from "effect/cli";

/** How images are found and read. */
export const imageFlags = {
  format: optionalFlag(
    Flag.Literals("manifest-format", manifestFormats),
    "How a manifest is written",
    "by its extension",
  ),
  pathColumn: optionalFlag(
    Flag.String("path-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds paths",
    "recognised by its name",
  ),
  maxUnreadableFraction: optionalFlag(
    numberFlag(
      "max-unreadable-fraction",
      "from 0 to 1",
      (fraction) => fraction >= 0 && fraction <= 1,
    ).pipe(Flag.withMetavar("FRACTION")),
    "Largest fraction of images that may be unreadable",
    "0.05",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/judged",
    "Folder that keeps activations for the next command",
  ),
  batch: flagWithDefault(
    atLeast("extract-batch", 1),
    32,
    "Images of one forward pass",
  ),
};

/** What {@link imageFlags} parse to. */
export type ImageValues = {
  readonly [K in keyof typeof imageFlags]: (typeof imageFlags)[K] extends
    Flag.Flag<infer A> ? A : never;
};

/**
 * Opens images for a model.
 *
 * @param typed As given on the command line.
 * @param values Values of {@link imageFlags}.
 * @param model The model that looks at them.
 * @returns Those that can be read, with the folder of the cache, while the
 * scope lasts; or the errors of opening them.
 */
export const openTypedImages = Effect.fnUntraced(function* (
  typed: string,
  values: ImageValues,
  model: LayeredModel,
) {
  const { format, pathColumn, maxUnreadableFraction } = presentOnly<{
    format: Option.Option<(typeof manifestFormats)[number]>;
    pathColumn: Option.Option<string>;
    maxUnreadableFraction: Option.Option<number>;
  }>({
    format: values.format,
    pathColumn: values.pathColumn,
    maxUnreadableFraction: values.maxUnreadableFraction,
  });
  const { source } = yield* openSource(fromHere(typed), {
    labels: false,
    ...format !== undefined && { format },
    ...pathColumn !== undefined && { pathField: pathColumn },
  });
  const folder = fromHere(values.cache);
  const images = yield* openReadableImages(source, {
    ...imagesFor(model),
    folder,
    ...maxUnreadableFraction !== undefined && {
      maxUnreadableShare: maxUnreadableFraction,
    },
  });
  if (images.unreadable.length > 0) {
    yield* Effect.logWarning(
      `Left out ${images.unreadable.length} unreadable images, such as ` +
        images.unreadable[0],
    );
  }
  return { ...images, folder };
});
