/**
 * What is measured, as both sides are told: sizes, layers and tensors.
 *
 * Tensors are not sent: `made_numbers.ts` and `torch_baseline.py` make them
 * from the same formula, so that both sides have the same bits and nothing is
 * written to disk.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import {
  alexnet,
  type Layer,
  layersOf,
  type Network,
  type NetworkError,
  parameterShapes,
  sobelFilters,
  vgg16,
} from "@deepcluster/models";
import { Effect } from "effect";

/** A tensor that each side makes for itself. */
export interface MadeTensor {
  readonly shape: readonly number[];
  /** Standard deviation of numbers made from `seed`; 0 means `fill`. */
  readonly deviation: number;
  readonly seed: number;
  /** The value of all numbers where the deviation is 0. */
  readonly fill: number;
  /** The numbers themselves, where they are few and fixed. */
  readonly values?: readonly number[];
}

/** A network with its weights. */
interface NetworkSpec {
  readonly network: "alexnet" | "vgg16";
  /** Width and height of an image. */
  readonly size: number;
  /** Fraction of the published number of channels. */
  readonly width: number;
  readonly batch: number;
  readonly layers: readonly Layer[];
  readonly parameters: Readonly<Record<string, MadeTensor>>;
}

/** A training step. */
export interface StepSpec extends NetworkSpec {
  readonly kind: "step";
  readonly clusters: number;
}

/** A pass over a batch, features copied to the host. */
export interface ForwardSpec extends NetworkSpec {
  readonly kind: "forward";
}

/** A pass over many images, features written to a file. */
export interface ExtractionSpec extends NetworkSpec {
  readonly kind: "extraction";
  readonly images: number;
}

/** The nearest of `k` centroids for each of `n` points, from host to host. */
export interface AssignmentSpec {
  readonly kind: "assignment";
  readonly n: number;
  readonly d: number;
  readonly k: number;
}

/** `products` matrix products `[size, size]`, one after the other. */
export interface GemmSpec {
  readonly kind: "gemm";
  readonly size: number;
  readonly products: number;
}

/** Any of them. */
export type Spec =
  | StepSpec
  | ForwardSpec
  | ExtractionSpec
  | AssignmentSpec
  | GemmSpec;

/** Networks by name, with Sobel filters as in the paper. */
export const networkOf = (
  { network, size, width }: Pick<NetworkSpec, "network" | "size" | "width">,
): Effect.Effect<Network, NetworkError> =>
  ({ alexnet, vgg16 })[network]({ sobel: true, size, width });

/**
 * Describes a network and its weights to both sides.
 *
 * @param which Name, size and width.
 * @param batch Images of a run.
 * @param clusters Outputs of the last layer. Default: without that layer.
 * @returns What a {@link Spec} of a network begins with.
 */
export const networkSpec = (
  which: Pick<NetworkSpec, "network" | "size" | "width">,
  batch: number,
  clusters?: number,
): NetworkSpec => {
  const network = Effect.runSync(networkOf(which));
  const shapes = Object.entries(parameterShapes(network, clusters));
  return {
    ...which,
    batch,
    layers: layersOf(network),
    parameters: Object.fromEntries(
      shapes.map(([name, { shape, role }], i) => [name, {
        shape,
        seed: i + 1,
        deviation: role === "weight" ? deviationOf(shape) : 0,
        fill: role === "scale" || role === "runningVariance" ? 1 : 0,
        ...role === "fixed" && { values: [...sobelFilters()[name]!.data] },
      }]),
    ),
  };
};

/** As in `initialise`: He's for filters by their outputs, 0.01 for the rest. */
const deviationOf = (shape: Shape): number =>
  shape.length === 4
    ? Math.sqrt(2 / (shape[2]! * shape[3]! * shape[0]!))
    : 0.01;
