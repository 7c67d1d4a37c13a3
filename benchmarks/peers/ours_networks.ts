/**
 * Our side of networks: features of a batch, and a step of training.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  sizeOf,
  type Tensors,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import {
  dropoutMasks,
  featuresGraph,
  maskShapes,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import { Effect } from "effect";
import { networks, seed } from "../works/networks.ts";
import { readFloats, readIntegers, readTensors } from "./data.ts";
import type { PeerWork } from "./peer_work.ts";
import type { ForwardSpec, StepSpec } from "./specs.ts";

/**
 * Features of a batch.
 *
 * @param spec See {@link ForwardSpec}.
 * @returns The work; its value is the mean absolute feature.
 */
export const forwardWork = (spec: ForwardSpec): PeerWork =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const graph = yield* featuresGraph(network, spec.shape[0]!);
    const state = yield* readTensors(spec.tensors);
    const program = yield* (yield* Backend).compile(graph, state);
    const images = floatTensor(spec.shape, yield* readFloats(spec.images));
    const run = Effect.map(
      program.run({ images }),
      ({ features }) => [meanSize(features!.data)],
    );
    return { checked: yield* run, run };
  });

const meanSize = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
};

/**
 * A step of training, drawing the masks of dropout included.
 *
 * Checked: the first two losses without dropout, the second of which depends
 * on the gradients. Training goes on from there.
 *
 * @param spec See {@link StepSpec}.
 * @returns The work, without values: dropout differs from side to side.
 */
export const stepWork = (spec: StepSpec): PeerWork =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const { clusters } = spec;
    const batch = spec.shape[0]!;
    const graph = yield* trainingGraph(network, {
      batch,
      clusters,
      momentum: 0.9,
      weightDecay: 1e-5,
    });
    const state = {
      ...yield* readTensors(spec.tensors),
      ...zeroMomenta(network),
    };
    // As an epoch does it: nobody else needs the starting state.
    const program = yield* (yield* Backend).compile(graph, state, {
      takesState: true,
    });
    const inputs = {
      images: floatTensor(spec.shape, yield* readFloats(spec.images)),
      labels: intTensor([batch], yield* readIntegers(spec.labels)),
    };
    const step = (rate: number, masks: Tensors) =>
      Effect.map(
        program.run({
          ...inputs,
          ...masks,
          learning_rate: floatTensor([], Float32Array.of(rate)),
        }),
        ({ loss }) => loss!.data[0]!,
      );
    const open = openMasks(network, batch);
    const checked = [yield* step(0.01, open), yield* step(0.01, open)];
    let masks: ReturnType<typeof dropoutMasks> | undefined;
    let number = 0;
    const run = Effect.suspend(() => {
      const draw = { seed, epoch: 1, step: number++ };
      masks = dropoutMasks(network, batch, draw, masks);
      return Effect.as(step(0.001, masks), []);
    });
    return { checked, run };
  });

/** Masks that drop nothing. */
const openMasks = (network: Network, batch: number): Tensors =>
  Object.fromEntries(
    Object.entries(maskShapes(network, batch)).map(([name, { shape }]) => [
      name,
      floatTensor(shape, new Float32Array(sizeOf(shape)).fill(1)),
    ]),
  );
