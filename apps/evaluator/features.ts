/**
 * `features MODEL IMAGES --out FILE.npy`: what a layer of a model makes of
 * images, for NumPy, scikit-learn, faiss and `cluster`.
 *
 * @module
 */
import { openSource } from "@deepcluster/datasets";
import {
  imagesFor,
  openReadableImages,
  selectLayers,
} from "@deepcluster/evaluation";
import { layerFeatures } from "@deepcluster/features";
import { layerTypedEngine, openTypedModel } from "@deepcluster/runs";
import { writeNpy } from "@deepcluster/storage";
import { fromHere, presentOnly, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { ModelCommandError } from "./model_errors.ts";
import { outputPath } from "./model_output.ts";
import { namesPathOf, writeNames } from "./row_names.ts";
import type { Values } from "./features_flags.ts";

/** Does what `features` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ choice, operation, ...values }: Values) {
    const { format, pathColumn, limit, maxUnreadableShare } = presentOnly(
      values.data,
    );
    const model = yield* openTypedModel(values.model, choice, operation.seed);
    if (model.network === undefined && model.encoder === undefined) {
      yield* requireNoLayers(values.layers);
    }
    const layers = yield* selectLayers(
      model,
      Option.getOrElse(values.layers, () => ["features"]),
    );
    const files = yield* Effect.forEach(
      layers,
      Effect.fnUntraced(function* ({ name }) {
        const { out, force } = values;
        const npy = layers.length === 1 ? out : withLayer(out, name);
        const path = yield* outputPath(npy, force);
        const paths = yield* outputPath(namesPathOf(npy), force);
        return { layer: name, path, paths };
      }),
    );
    const { source } = yield* openSource(fromHere(values.images), {
      labels: false,
      ...format !== undefined && { format },
      ...pathColumn !== undefined && { pathField: pathColumn },
      ...limit !== undefined && { limit },
    });
    const folder = fromHere(operation.cache);
    const images = yield* openReadableImages(source, {
      ...imagesFor(model),
      folder,
      ...maxUnreadableShare !== undefined && { maxUnreadableShare },
    });
    if (images.unreadable.length > 0) {
      yield* Effect.logWarning(
        `Left out ${images.unreadable.length} unreadable images, such as ` +
          images.unreadable[0],
      );
    }
    const found = yield* layerFeatures(model, images, layers, {
      folder,
      batch: operation.batch,
      data: { name: values.images },
    });
    const ids = Array.from({ length: images.size }, (_, i) => images.id(i));
    const written = yield* Effect.forEach(
      files,
      Effect.fnUntraced(function* (file) {
        const rows = found[file.layer]!;
        yield* writeNames(file.paths, ids);
        const { sha256 } = yield* writeNpy(file.path, rows);
        return { ...file, rows: rows.rows, columns: rows.columns, sha256 };
      }),
    );
    const { name, identity } = model;
    yield* Console.log(
      operation.json
        ? JSON.stringify({
          model: { name, identity },
          images: images.size,
          unreadable: images.unreadable,
          files: written,
        })
        : written.map(({ layer, path, paths, rows, columns }) =>
          `Wrote ${shown(path)}: ${layer} of ${name}, ${rows} rows of ` +
          `${columns}; their paths are in ${shown(paths)}`
        ).join("\n"),
    );
  },
  (work, { operation }) =>
    work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(operation))),
);

/** Pixels have one layer, whatever names are given. */
const requireNoLayers = (layers: Option.Option<readonly string[]>) =>
  Option.isNone(layers) ? Effect.void : new ModelCommandError({
    action: "compute features",
    rule: "--layers must come with a network: pixels have no layers",
    found: `--layers ${layers.value.join(",")}`,
  });

const withLayer = (out: string, layer: string): string =>
  `${out.replace(/\.npy$/i, "")}-${layer}.npy`;
