/**
 * `visualise gradient-ascent MODEL --out DIR`: images that filters answer to.
 *
 * Paper: section 4.2, figures 4 and 5.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import { type EvaluatedModel, layerTypedEngine } from "@deepcluster/runs";
import { keyOf, type StorageError } from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import {
  type AscendedFilter,
  type AscentObjective,
  type AscentSettings,
  type AscentStates,
  enlarge,
  gradientAscent,
  inRows,
  type MapLayer,
  tiledPicture,
  topImages,
} from "@deepcluster/visualisation";
import { Console, Effect, Option } from "effect";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import { requirePictureSize } from "./picture_limit.ts";
import { filtersOf, layersOf } from "./visualise_choice.ts";
import { openTypedImages } from "./visualise_images.ts";
import { openNetwork } from "./visualise_network.ts";
import type { Values } from "./visualise_ascent_flags.ts";

const action = "run gradient ascent";

/** Does what `gradient-ascent` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ model: typed, out, which, ...values }: Values) {
    yield* requireNew(out);
    const { weights, seed, json, settings, batch } = values;
    const model = yield* openNetwork(typed, weights, seed, action);
    const { network } = model;
    const layers = yield* layersOf(network, values.layers, action);
    const jobs = yield* Effect.forEach(layers, (layer) =>
      Effect.map(
        filtersOf(layer, which, seed, action),
        (filters) => ({ layer, filters }),
      ));
    const { size } = network.input;
    const scale = Option.getOrElse(values.scale, () => Math.ceil(96 / size));
    yield* requirePictureSize(action, `--scale ${scale}`, {
      count: jobs.reduce((sum, { filters }) => sum + filters.length, 0),
      side: size * scale,
    });
    const images = Option.isNone(values.images)
      ? undefined
      : yield* openTypedImages(values.images.value, values.source, model);
    const { statesOf, publish } = yield* pictureFolder(out);
    const climbed: ClimbedLayer[] = [];
    for (const { layer, filters } of jobs) {
      const results = yield* climb(model, layer, filters, {
        ...settings,
        seed,
        batch,
        statesOf,
      });
      const best = images && (yield* topImages(model, images, {
        layer: layer.path,
        filters,
        count: 1,
        folder: images.folder,
        batch: values.source.batch,
      }));
      climbed.push({
        layer,
        results: results.map((result, i) => ({
          ...result,
          ...best && { best: best.filters[i]!.top[0]?.activation ?? 0 },
        })),
      });
    }
    const { identity: engine } = (yield* Backend).info;
    const record = {
      model: { name: model.name, identity: model.identity },
      settings: { ...settings, seed, batch },
      engine,
      layers: climbed.map(({ layer, results }) => ({
        layer: layer.name,
        path: layer.path,
        filters: results.map(({ picture: _, ...numbers }) => numbers),
      })),
    };
    const filters = climbed.flatMap(({ layer, results }) =>
      results.map((result) => ({ ...result, name: layer.name }))
    );
    const above = filters.filter(({ after, best = 0 }) => after > best);
    const comparison = images === undefined ? [] : [
      `${above.length} of ${filters.length} filters answer to their image ` +
      `more than to any of the ${images.size} images given.`,
    ];
    const folder = yield* publish({
      title: `Gradient ascent in ${model.name}`,
      text: [textOf(settings.objective, network.sobel), ...comparison],
      figures: figuresOf(climbed, scale),
      table: {
        caption: "Mean activation of the filter over its map, on the noise " +
          "and on the image before it became a picture",
        columns: ["Filter", "On the noise", "On the image"]
          .concat(images ? ["On the best of the images given"] : []),
        rows: filters.map(({ name, filter, before, after, best }) => [
          `${name}, filter ${filter}`,
          before,
          after,
          ...best === undefined ? [] : [best],
        ]),
      },
      settings: {
        model: model.name,
        weights: model.identity,
        network: network.name,
        "image size": `${size} × ${size}`,
        objective: settings.objective,
        steps: settings.steps,
        "learning rate": settings.learningRate,
        "weight decay": settings.weightDecay,
        blur: `σ ${settings.blurSigma} every ${settings.blurEvery} steps`,
        seed,
        engine: `${engine.engine} ${engine.version}, ${engine.provider}, ` +
          `${engine.threads} threads`,
      },
    }, record);
    yield* Console.log(
      json ? JSON.stringify(record) : [
        ...filters.map(({ name, filter, before, after, best }) =>
          `${name}, filter ${filter}: mean activation ${before.toFixed(3)} ` +
          `on noise, ${after.toFixed(3)} on its image` +
          (best === undefined ? "" : `, ${best.toFixed(3)} on the best image`)
        ),
        ...comparison,
        `Wrote ${shown(folder)}; open ${shown(folder)}/index.html`,
      ].join("\n"),
    );
  },
  (work, { engine }) =>
    work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine))),
);

/** Climbs filters of a layer, a batch after the other, each resumable. */
const climb = Effect.fnUntraced(function* (
  model: EvaluatedModel,
  layer: MapLayer,
  filters: readonly number[],
  { batch, statesOf, ...settings }: AscentSettings & {
    readonly batch: number;
    readonly statesOf: (key: string) => AscentStates<StorageError>;
  },
) {
  const { identity: engine } = (yield* Backend).info;
  const results: AscendedFilter[] = [];
  for (let first = 0; first < filters.length; first += batch) {
    const options = {
      layer: layer.path,
      filters: filters.slice(first, first + batch),
      ...settings,
    };
    const states = statesOf(
      keyOf({ version: 5, model: model.identity, options, engine }),
    );
    results.push(...yield* gradientAscent(model, { ...options, states }));
  }
  return results;
});

const textOf = (objective: AscentObjective, sobel: boolean): string =>
  "Each image grew from noise so that one filter answers to it" +
  (objective === "activation"
    ? ". "
    : " more than the other filters of its layer do. ") +
  (sobel
    ? "The network sees Sobel gradients of the grey image, so the grey image " +
      "is shown, "
    : "It is shown in RGB, ") +
  "normalised for itself: its mean is middle grey, three standard " +
  "deviations are black and white. Its values are not limited to those that " +
  "pixels of photographs can have.";

/** The filters of a layer, with the best of the images given, if any are. */
interface ClimbedLayer {
  readonly layer: MapLayer;
  readonly results: readonly (AscendedFilter & { readonly best?: number })[];
}

/** One picture with a row for each layer, or one for each where there are many. */
const figuresOf = (
  climbed: readonly ClimbedLayer[],
  scale: number,
) => {
  const layers = climbed.map(({ layer: { name }, results }) => {
    const numbers = results.map(({ filter }) => filter).join(", ");
    return {
      name,
      filters: `${results.length === 1 ? "filter" : "filters"} ${numbers}`,
      tiles: results.map(({ picture }) => enlarge(picture, scale)),
    };
  });
  if (layers.every(({ tiles }) => tiles.length <= 12)) {
    const names = layers.map(({ name, filters }) => `${name}, ${filters}`);
    return [{
      name: "gradient-ascent",
      picture: tiledPicture(layers.map(({ tiles }) => tiles)),
      title: layers.map(({ name }) => name).join(", "),
      caption: `In rows from the top: ${names.join("; ")}.`,
      alt: `The image of each filter, in rows: ${names.join("; ")}.`,
    }];
  }
  return layers.map(({ name, filters, tiles }) => ({
    name,
    picture: tiledPicture(inRows(tiles)),
    title: name,
    caption: `Row by row: ${filters}.`,
    alt: `The image of each filter of ${name}, row by row: ${filters}.`,
  }));
};
