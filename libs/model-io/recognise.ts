/**
 * Which network a file of parameters belongs to, inferred from names and shapes
 * alone.
 *
 * The authors' checkpoints name their network only by `arch`, and other files
 * not at all; but kernel, channels and units of AlexNet, VGG-16 and the small
 * net differ, Sobel inputs have two channels, and the first fully connected
 * layer tells the side of the last map.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import {
  alexnet,
  head,
  type Network,
  outputSide,
  parameterShapes,
  small,
  vgg16,
} from "@deepcluster/models/networks";
import { Effect } from "effect";
import { UnrecognisedModelError } from "./errors.ts";

/** A network that fits the parameters of a file. */
export interface Recognised {
  /** The network, with its default dropout: files do not state it. */
  readonly network: Network;
  /** Outputs of the last layer; absent when the file has none. */
  readonly clusters?: number;
  /**
   * Smallest and largest input side, in pixels, to which the parameters fit;
   * `network.input.size` is one of them.
   */
  readonly sizes: readonly [min: number, max: number];
}

/** Shapes by name, from any source. */
export type NamedShapes = Readonly<Record<string, Shape>>;

/**
 * Infers the network from the shapes of its parameters.
 *
 * Several input sizes may fit the same parameters: 224 is taken when it does,
 * else the smallest multiple of 32 that does, else the smallest size.
 *
 * @param shapes Shapes by parameter name, see `parameterName`.
 * @param size Side of the input, in pixels, when it is known.
 * @returns See {@link Recognised}, or `UnrecognisedModelError` with the first
 * names that are missing, unknown, or of another shape.
 *
 * @example The parameters of AlexNet with a last layer of 100 clusters
 * ```ts
 * import { recognise } from "@deepcluster/model-io";
 * import { alexnet, parameterShapes } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const found = Effect.runSync(Effect.gen(function* () {
 *   const network = yield* alexnet({ sobel: true });
 *   const shapes = Object.entries(parameterShapes(network, 100))
 *     .map(([name, { shape }]) => [name, shape] as const);
 *   return yield* recognise(Object.fromEntries(shapes));
 * }));
 * assert.equal(found.network.name, "alexnet");
 * assert.equal(found.network.input.size, 224);
 * assert.equal(found.clusters, 100);
 * assert.deepEqual(found.sizes, [223, 254]);
 * ```
 */
export const recognise: (
  shapes: NamedShapes,
  size?: number,
) => Effect.Effect<Recognised, UnrecognisedModelError> = Effect.fn("recognise")(
  function* (
    shapes,
    size,
  ) {
    const first = shapes["features.0.weight"];
    if (first?.length !== 4 || (first[1] !== 2 && first[1] !== 3)) {
      const rule = "features.0.weight must have shape [filters, 2 or 3, k, k]";
      return yield* unrecognised(rule, shown(first, shapes));
    }
    const probe = yield* build(shapes, first, probeSize);
    const sizes = yield* fittingSizes(probe, shapes);
    const chosen = size ?? standardSize(sizes);
    if (chosen < sizes[0] || chosen > sizes[1]) {
      return yield* new UnrecognisedModelError({
        option: "size",
        rule: `size must be from ${sizes[0]} to ${sizes[1]}`,
        found: `current value is size=${chosen}`,
      });
    }
    const network = yield* build(shapes, first, chosen);
    const clusters = shapes[head.weight]?.[0];
    const differences = compare(network, clusters, shapes);
    if (differences !== undefined) {
      const rule = `parameters must be those of ${network.name}`;
      return yield* unrecognised(rule, differences);
    }
    return { network, sizes, ...clusters !== undefined && { clusters } };
  },
);

/** Every network fits into an image of this side; layers do not depend on it. */
const probeSize = 1024;

/** The largest side considered; no run may be asked for a larger one. */
const largestSize = 1024;

/** Names of a kind that an error shows. */
const namesShown = 3;

/** AlexNet alone begins with 11×11, the small net alone without a bias. */
const build = (
  shapes: NamedShapes,
  [filters, inChannels, kernel]: Shape,
  size: number,
): Effect.Effect<Network, UnrecognisedModelError> => {
  const options = { sobel: inChannels === 2, size };
  const network = kernel === 11
    ? alexnet({ ...options, width: filters! / 96 })
    : shapes["features.0.bias"] !== undefined
    ? vgg16({ ...options, width: filters! / 64 })
    : small({
      ...options,
      channels: outputs(shapes, "features", 4),
      units: outputs(shapes, "classifier", 2),
    });
  return Effect.mapError(
    network,
    ({ message }) => unrecognised("layers must be those of a network", message),
  );
};

/** Outputs of the layers of a sequence whose weights have a given rank. */
const outputs = (
  shapes: NamedShapes,
  sequence: string,
  rank: number,
): readonly number[] =>
  Object.entries(shapes)
    .flatMap(([name, shape]): readonly (readonly [number, number])[] => {
      const [, place] =
        new RegExp(`^${sequence}\\.(\\d+)\\.weight$`).exec(name) ?? [];
      return place !== undefined && shape.length === rank
        ? [[Number(place), shape[0]!]]
        : [];
    })
    .sort(([a], [b]) => a - b)
    .map(([, count]) => count);

/** All sizes whose last map has as many values as the first matrix takes. */
const fittingSizes = Effect.fnUntraced(function* (
  network: Network,
  shapes: NamedShapes,
): Effect.fn.Return<readonly [number, number], UnrecognisedModelError> {
  const layer = network.classifier.find(({ type }) => type === "linear")!;
  const name = `${layer.name}.weight`;
  const shape = shapes[name];
  const channels = network.features.reduce(
    (before, layer) =>
      layer.type === "convolution" ? layer.outChannels : before,
    0,
  );
  const fitting = Array.from({ length: largestSize }, (_, i) => i + 1)
    .filter((size) => {
      const side = network.features.reduce(
        (side, layer) => side < 1 ? 0 : outputSide(layer, side),
        size,
      );
      return side >= 1 && side * side * channels === shape?.[1];
    });
  if (fitting.length > 0) return [fitting[0]!, fitting.at(-1)!];
  const rule = `${name} must have ${channels} columns for every value of ` +
    "a square map";
  return yield* unrecognised(rule, shown(shape, shapes));
});

const standardSize = ([min, max]: readonly [number, number]): number => {
  if (min <= 224 && 224 <= max) return 224;
  const multiple = Math.ceil(min / 32) * 32;
  return multiple <= max ? multiple : min;
};

/** What distinguishes parameters from a network's; nothing when they agree. */
const compare = (
  network: Network,
  clusters: number | undefined,
  shapes: NamedShapes,
): string | undefined => {
  const expected = parameterShapes(network, clusters);
  const missing = Object.keys(expected)
    .filter((name) => !Object.hasOwn(shapes, name));
  const unknown = Object.keys(shapes)
    .filter((name) => !Object.hasOwn(expected, name));
  const other = Object.entries(expected)
    .filter(([name, { shape }]) =>
      shapes[name] !== undefined && `${shapes[name]}` !== `${shape}`
    )
    .map(([name, { shape }]) => `${name} [${shapes[name]}] for [${shape}]`);
  const parts = [
    listed("missing", missing),
    listed("unknown", unknown),
    listed("of another shape", other),
  ].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join("; ");
};

const listed = (what: string, names: readonly string[]): string =>
  names.length === 0 ? "" : `${what} ${names.slice(0, namesShown).join(", ")}` +
    (names.length > namesShown ? ` and ${names.length - namesShown} more` : "");

const shown = (shape: Shape | undefined, shapes: NamedShapes): string =>
  shape !== undefined
    ? `[${shape}]`
    : listed("it is absent; there are", Object.keys(shapes)) || "no tensors";

const unrecognised = (rule: string, found: string): UnrecognisedModelError =>
  new UnrecognisedModelError({ rule, found });
