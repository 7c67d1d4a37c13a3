/**
 * `visualise gradient-ascent MODEL --out DIR`: images that filters answer to.
 *
 * Paper: section 4.2, figures 4 and 5.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { weightsFlags } from "@deepcluster/runs";
import { keyOf } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  layerProgress,
  namesFlag,
  notNegative,
  numbersFlag,
  optionalFlag,
  presentOnly,
  shown,
} from "@deepcluster/terminal";
import {
  type AscendedFilter,
  ascentDefaults,
  convolutionLayers,
  enlarge,
  findMapLayer,
  gradientAscent,
  inRows,
  type MapLayer,
  requireFilters,
  tiledPicture,
} from "@deepcluster/visualisation";
import { Console, Effect, Layer, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import {
  commonFlags,
  engineFlags,
  networkArgument,
  openNetwork,
  outFlag,
  scaleFlag,
} from "./visualise_flags.ts";

const action = "run gradient ascent";

/** How images climb; the defaults are the authors'. */
const ascentFlags = {
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

/** Which filters. */
const filterFlags = {
  layers: optionalFlag(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    "Layers, by either name: conv2 or features.6",
    "all convolutions, each after its ReLU",
  ),
  filters: optionalFlag(
    numbersFlag(
      "filters",
      "whole numbers from 0 on with commas between",
      (values) => values.every((n) => Number.isInteger(n) && n >= 0),
    ),
    "Filters of each layer, counted from 0",
    "--count drawn at random",
  ),
  count: flagWithDefault(
    atLeast("count", 1),
    9,
    "Filters of each layer, drawn at random; all where it has fewer",
  ),
  batch: flagWithDefault(
    atLeast("batch", 1),
    9,
    "Images that climb together; other numbers give other bits",
  ),
};

/** The command. */
export const visualiseAscent = Command.make(
  "gradient-ascent",
  {
    model: networkArgument,
    out: outFlag,
    which: filterFlags,
    settings: ascentFlags,
    scale: scaleFlag("pixel", "as many as make a picture 96 wide"),
    weights: weightsFlags,
    ...commonFlags,
    engine: engineFlags,
  },
  Effect.fnUntraced(function* ({ model: typed, out, which, ...values }) {
    yield* requireNew(out);
    const { weights, seed, json, settings } = values;
    const model = yield* openNetwork(typed, weights, seed, action);
    const { network } = model;
    const layers = yield* layersOf(network, which.layers);
    const jobs = yield* Effect.forEach(layers, (layer) =>
      Effect.map(
        filtersOf(layer, which, seed),
        (filters) => ({ layer, filters }),
      ));
    const { statesOf, publish } = yield* pictureFolder(out);
    const { identity: engine } = (yield* Backend).info;
    const climbed: { layer: MapLayer; results: AscendedFilter[] }[] = [];
    for (const { layer, filters } of jobs) {
      const results: AscendedFilter[] = [];
      for (let first = 0; first < filters.length; first += which.batch) {
        const batch = filters.slice(first, first + which.batch);
        const options = {
          layer: layer.path,
          filters: batch,
          seed,
          ...settings,
        };
        const states = statesOf(
          keyOf({ version: 1, model: model.identity, options, engine }),
        );
        results.push(...yield* gradientAscent(model, { ...options, states }));
      }
      climbed.push({ layer, results });
    }
    const scale = Option.getOrElse(
      values.scale,
      () => Math.ceil(96 / network.input.size),
    );
    const record = {
      model: { name: model.name, identity: model.identity },
      settings: { ...settings, seed, batch: which.batch },
      engine,
      layers: climbed.map(({ layer, results }) => ({
        layer: layer.name,
        path: layer.path,
        filters: results.map(({ filter, before, after }) => ({
          filter,
          before,
          after,
        })),
      })),
    };
    const rows = climbed.flatMap(({ layer, results }) =>
      results.map(({ filter, before, after }) =>
        [`${layer.name}, filter ${filter}`, before, after] as const
      )
    );
    const folder = yield* publish({
      title: `Gradient ascent in ${model.name}`,
      text: [
        "Each image grew from noise so that one filter answers to it more " +
        "than the other filters of its layer do. " +
        (network.sobel
          ? "The network sees Sobel gradients of the grey image, so the grey " +
            "image is shown, "
          : "It is shown in RGB, ") +
        "normalised for itself: its mean is middle grey, three standard " +
        "deviations are black and white. Its values are not limited to those " +
        "that pixels of photographs can have.",
      ],
      figures: figuresOf(climbed, scale),
      table: {
        caption: "Mean activation of the filter over its map, on the noise " +
          "and on the image before it became a picture",
        columns: ["Filter", "On the noise", "On the image"],
        rows,
      },
      settings: {
        model: model.name,
        weights: model.identity,
        network: network.name,
        "image size": `${network.input.size} × ${network.input.size}`,
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
        ...rows.map(([name, before, after]) =>
          `${name}: mean activation ${before.toFixed(3)} on noise, ` +
          `${after.toFixed(3)} on its image`
        ),
        `Wrote ${shown(folder)}; open ${shown(folder)}/index.html`,
      ].join("\n"),
    );
  }, (work, { engine: { threads, provider } }) =>
    work.pipe(
      Effect.scoped,
      Effect.provide(Layer.merge(
        layerProgress(),
        layerBackend(presentOnly({ threads, provider })),
      )),
    )),
).pipe(
  Command.withDescription(
    "Grow an image for each of some filters, by the gradient with respect to " +
      "the image",
  ),
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

const layersOf = (
  network: Parameters<typeof convolutionLayers>[0],
  names: Option.Option<readonly string[]>,
) =>
  Option.isNone(names)
    ? Effect.succeed(convolutionLayers(network))
    : Effect.map(
      Effect.forEach(
        names.value,
        (name) => findMapLayer(network, name, action),
      ),
      (layers) => [
        ...new Map(layers.map((layer) => [layer.path, layer])).values(),
      ],
    );

const filtersOf = (
  layer: MapLayer,
  { filters, count }: {
    readonly filters: Option.Option<readonly number[]>;
    readonly count: number;
  },
  seed: number,
) => {
  if (Option.isSome(filters)) {
    return Effect.as(
      requireFilters(layer, filters.value, action),
      filters.value,
    );
  }
  const drawn = draws(seed, "filters", layer.path)
    .sample(Math.min(count, layer.filters), layer.filters);
  return Effect.succeed([...drawn.sort()]);
};

/** One picture with a row for each layer, or one for each where there are many. */
const figuresOf = (
  climbed: readonly {
    readonly layer: MapLayer;
    readonly results: readonly AscendedFilter[];
  }[],
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
