/**
 * Images that a command of `visualise` looks at.
 *
 * @module
 */
import type { manifestFormats } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { imagesFor, openReadableImages } from "@deepcluster/evaluation";
import type { LayeredModel } from "@deepcluster/features";
import { fromHere, presentOnly } from "@deepcluster/terminal";
import { Effect, type Option } from "effect";
import type { Flag } from "effect/cli";
import type { imageFlags } from "./visualise_flags.ts";

/** What the flags of images are read as. */
export type ImageValues = {
  readonly [K in keyof typeof imageFlags]: (typeof imageFlags)[K] extends
    Flag.Flag<infer A> ? A : never;
};

/**
 * Opens images for a model.
 *
 * @param typed As given on the command line.
 * @param values Values of its flags.
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
