/**
 * `visualise gradient-ascent MODEL --out DIR`: images that filters answer to.
 *
 * Paper: section 4.2, figures 4 and 5.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import {
  engineFlags,
  type EvaluatedModel,
  layerTypedEngine,
  weightsFlags,
} from "@deepcluster/runs";
import { keyOf, type StorageError } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  notNegative,
  optionalFlag,
  shown,
} from "@deepcluster/terminal";
import {
  type AscendedFilter,
  ascentDefaults,
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
import { Command, Flag } from "effect/cli";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import {
  filterFlags,
  filtersOf,
  layersFlag,
  layersOf,
} from "./visualise_choice.ts";
import { imageFlags, openTypedImages } from "./visualise_images.ts";
import {
  commonFlags,
  networkArgument,
  openNetwork,
  outFlag,
  scaleFlag,
} from "./visualise_flags.ts";

const action = "run gradient ascent";

/** How images climb; the defaults are the authors'. */
const ascentFlags = {
  objective: flagWithDefault(
    Flag.Literals("objective", ["cross-entropy", "activation"]),
    ascentDefaults.objective,
    "What an image raises: its filter against the others of its layer, or its " +
      "filter's mean activation alone",
  ),
  steps: flagWithDefault(
    atLeast("steps", 1),
    ascentDefaults.steps,
    "Steps of each image; the authors' figures take up to 30000",
  ),
  learningRate: flagWithDefault(
    notNegative("learning-rate"),
    ascentDefaults.learningRate,
    "Norm of what a step adds to an image",
  ),
  weightDecay: flagWithDefault(
    notNegative("weight-decay"),
    ascentDefaults.weightDecay,
    "Weight of an image's squared norm against the filter",
  ),
  blurSigma: flagWithDefault(
    notNegative("blur-sigma"),
    ascentDefaults.blurSigma,
    "Standard deviation of the blur, in pixels (0: none)",
  ),
  blurEvery: flagWithDefault(
    atLeast("blur-every", 1),
    ascentDefaults.blurEvery,
    "Steps from one blur to the next",
  ),
};

/** The command. */
export const visualiseAscent = Command.make(
  "gradient-ascent",
  {
    model: networkArgument,
    out: outFlag,
    layers: layersFlag("all convolutions, each after its ReLU"),
    which: filterFlags,
    batch: flagWithDefault(
      atLeast("batch", 1),
      9,
      "Images that climb together; other numbers give other bits",
    ),
    settings: ascentFlags,
    images: optionalFlag(
      Flag.String("images").pipe(Flag.withMetavar("IMAGES")),
      "Images whose largest activations the filters' are compared with",
    ),
    source: imageFlags,
    scale: scaleFlag("pixel", "as many as make a picture 96 wide"),
    weights: weightsFlags,
    ...commonFlags,
    engine: engineFlags,
  },
  Effect.fnUntraced(
    function* ({ model: typed, out, which, ...values }) {
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
      const { size } = network.input;
      const scale = Option.getOrElse(values.scale, () => Math.ceil(96 / size));
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
  ),
).pipe(
  Command.withExamples([
    {
      command:
        "deno task visualise gradient-ascent runs/demo --out pictures/up",
      description: "Nine random filters of every convolution",
    },
    {
      command: "deno task visualise gradient-ascent alexnet.pth --layers " +
        "conv1,conv3,conv5 --filters 0,7,40 --steps 3000 --out up",
      description: "Three filters of three layers; stopped, it resumes",
    },
  ]),
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
      keyOf({ version: 2, model: model.identity, options, engine }),
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
