/**
 * Our side of what is measured: each workload is opened on the engine, gives
 * values that PyTorch's must agree with, and is then run many times.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import {
  type FloatTensor,
  floatTensor,
  intTensor,
  matrix,
  type Progress,
  sharedMatrix,
  sizeOf,
  type Tensors,
} from "@deepcluster/core";
import { extract } from "@deepcluster/features";
import { Backend, stepOf } from "@deepcluster/gpu-backend";
import {
  buildGraph,
  type Graph,
  input,
  matmul,
  multiply,
  reduceMean,
} from "@deepcluster/graph";
import {
  dropoutMasks,
  featuresGraph,
  maskShapes,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import { openRowFile } from "@deepcluster/storage";
import { stepsAtOnce } from "@deepcluster/training";
import { Effect, type Scope, Stream } from "effect";
import { madeIntegers, madeNumbers, madeTensor } from "./made_numbers.ts";
import {
  type AssignmentSpec,
  type ExtractionSpec,
  type ForwardSpec,
  type GemmSpec,
  networkOf,
  type Spec,
  type StepSpec,
} from "./spec.ts";

/** Services that a workload may use. */
export type Services = Backend | Assigner | Progress;

/** An open workload. */
export interface OpenWorkload {
  /** Values that must agree with PyTorch's. */
  readonly values: readonly number[];
  /**
   * Bytes that one step or pass sends to the engine and gets back, where they
   * are those of one graph.
   */
  readonly bytes?: { readonly up: number; readonly down: number };
  /** Steps or passes of a run. Default: 1. */
  readonly unitsPerRun?: number;
  /** Runs once. */
  readonly run: Effect.Effect<unknown, unknown, Services>;
}

/** Opens a workload; released with the scope. */
export const openWorkload = (
  spec: Spec,
): Effect.Effect<OpenWorkload, unknown, Services | Scope.Scope> => {
  switch (spec.kind) {
    case "step":
      return openStep(spec);
    case "forward":
      return openForward(spec);
    case "extraction":
      return openExtraction(spec);
    case "assignment":
      return openAssignment(spec);
    case "gemm":
      return openGemm(spec);
  }
};

/**
 * Training steps with the draw of their dropout masks, as many in one call as
 * training makes on this engine. Values: the first three losses without
 * dropout; the later ones depend on all gradients.
 */
const openStep = Effect.fnUntraced(function* (spec: StepSpec) {
  const network = yield* networkOf(spec);
  const { batch, clusters } = spec;
  const settings = { batch, clusters, momentum: 0.9, weightDecay: 1e-5 };
  const graph = yield* trainingGraph(network, settings);
  const backend = yield* Backend;
  const state = { ...parametersOf(spec), ...zeroMomenta(network) };
  const steps = yield* stepsAtOnce(network, spec);
  const program = yield* backend.compile(graph, state, {
    donateState: true,
    scans: steps > 1,
  });
  const inputs = {
    images: imagesOf(spec),
    labels: intTensor([batch], madeIntegers(batch, labelSeed, clusters)),
  };
  const check = Effect.map(
    program.run({
      ...inputs,
      ...masksOfOnes(network, batch),
      learning_rate: floatTensor([], Float32Array.of(0.01)),
    }),
    ({ loss }) => loss!.data[0]!,
  );
  const values = [yield* check, yield* check, yield* check];
  const inputsOf = stackedSteps(network, inputs, steps);
  let number = 0;
  const run = Effect.suspend(() => {
    number += steps;
    return program.scan(steps, inputsOf(number));
  });
  return { values, bytes: bytesOf(graph), unitsPerRun: steps, run };
});

/** The inputs of `steps` steps, with masks of their own. */
const stackedSteps = (
  network: Network,
  { images, labels }: {
    images: FloatTensor;
    labels: ReturnType<typeof intTensor>;
  },
  steps: number,
) => {
  const batch = labels.shape[0]!;
  const stacks = {
    images: floatTensor([steps, ...images.shape]),
    labels: intTensor([steps, ...labels.shape]),
    learning_rate: floatTensor([steps], new Float32Array(steps).fill(0.001)),
  };
  const masks = Object.entries(maskShapes(network, batch)).map((
    [name, { shape }],
  ) => [name, floatTensor([steps, ...shape])] as const);
  for (let step = 0; step < steps; step++) {
    stepOf(stacks.images, step).data.set(images.data);
    stepOf(stacks.labels, step).data.set(labels.data);
  }
  return (number: number): Tensors => {
    for (let step = 0; step < steps; step++) {
      const into = Object.fromEntries(
        masks.map(([name, mask]) => [name, stepOf(mask, step)]),
      );
      const draw = { seed: 1, epoch: 1, step: number + step };
      dropoutMasks(network, batch, draw, into);
    }
    return { ...stacks, ...Object.fromEntries(masks) };
  };
};

/** Values: features of the first image and of the last one. */
const openForward = Effect.fnUntraced(function* (spec: ForwardSpec) {
  const network = yield* networkOf(spec);
  const graph = yield* featuresGraph(network, spec.batch);
  const program = yield* (yield* Backend).compile(graph, parametersOf(spec));
  const run = program.run({ images: imagesOf(spec) });
  const { features } = yield* run;
  return { values: endsOf(features!.data), bytes: bytesOf(graph), run };
});

/** Images come as the network is fed them: nothing is decoded. */
const openExtraction = Effect.fnUntraced(function* (spec: ExtractionSpec) {
  const network = yield* networkOf(spec);
  const parameters = parametersOf(spec);
  const { batch, images: count } = spec;
  const graph = yield* featuresGraph(network, batch);
  const images = imagesOf(spec);
  const pass = {
    count,
    batch,
    from: (start: number) =>
      Stream.fromIterable(
        Array.from({ length: (count - start) / batch }, (_, i) => ({
          images,
          indices: Int32Array.from({ length: batch }, (_, j) => i * batch + j),
        })),
      ),
  };
  const folder = yield* temporaryFolder;
  let number = 0;
  const run = Effect.scoped(Effect.gen(function* () {
    const path = `${folder}/features-${number++}`;
    const file = yield* openRowFile(path, network.featureSize);
    yield* extract(network, parameters, pass, file);
  }));
  const { up, down } = bytesOf(graph);
  const batches = count / batch;
  return {
    values: [],
    bytes: { up: up * batches, down: down * batches },
    run,
  };
});

/** Value: the mean squared distance to the nearest centroid. */
const openAssignment = Effect.fnUntraced(
  function* ({ n, d, k }: AssignmentSpec) {
    const points = sharedMatrix(n, d);
    points.data.set(madeNumbers(n * d, pointSeed, 1 / Math.sqrt(d)));
    const centroids = matrix(
      k,
      d,
      madeNumbers(k * d, centroidSeed, 1 / Math.sqrt(d)),
    );
    const { assign } = yield* Assigner;
    const run = assign(points, centroids);
    const { distances } = yield* run;
    const loss = distances.reduce((sum, value) => sum + value, 0) / n;
    return { values: [loss], run };
  },
);

/**
 * Products of matrices that stay on the engine: only a number comes back.
 * Value: the mean square after the first run.
 */
const openGemm = Effect.fnUntraced(
  function* ({ size, products }: GemmSpec) {
    const shape = [size, size];
    const graph = yield* buildGraph(() => {
      const [a, b] = [input("a", shape), input("b", shape)];
      let next = a;
      for (let i = 0; i < products; i++) next = matmul(next, b);
      return {
        outputs: { meanSquare: reduceMean(multiply(next, next)) },
        state: { a: { current: a, next }, b },
      };
    });
    const numbers = (seed: number, deviation: number) =>
      floatTensor(shape, madeNumbers(size * size, seed, deviation));
    const { run } = yield* (yield* Backend).compile(graph, {
      a: numbers(1, 1),
      b: numbers(2, 1 / Math.sqrt(size)),
    });
    const { meanSquare } = yield* run({});
    return {
      values: [meanSquare!.data[0]!],
      bytes: bytesOf(graph),
      run: run({}),
    };
  },
);

/** Seeds of what is no parameter; parameters have 1, 2, … */
const [imageSeed, labelSeed, pointSeed, centroidSeed] = [1001, 1002, 1, 2];

const imagesOf = ({ batch, size }: ForwardSpec | StepSpec | ExtractionSpec) => {
  const shape = [batch, 3, size, size];
  return floatTensor(shape, madeNumbers(sizeOf(shape), imageSeed, 1));
};

const parametersOf = (
  { parameters }: ForwardSpec | StepSpec | ExtractionSpec,
): Tensors =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, made]) => [
      name,
      floatTensor(made.shape, madeTensor(made)),
    ]),
  );

/** Dropout masks that drop nothing. */
const masksOfOnes = (network: Network, batch: number): Tensors =>
  Object.fromEntries(
    Object.entries(maskShapes(network, batch)).map(([name, { shape }]) => [
      name,
      floatTensor(shape, new Float32Array(sizeOf(shape)).fill(1)),
    ]),
  );

const endsOf = (data: ArrayLike<number>): number[] => [
  ...Array.prototype.slice.call(data, 0, 32),
  ...Array.prototype.slice.call(data, -32),
];

/** All values are of four bytes. */
const bytesOf = ({ inputs, outputs }: Graph) => {
  const sum = (values: Graph["inputs"] | Graph["outputs"]) =>
    Object.values(values).reduce(
      (sum, { shape }) => sum + 4 * sizeOf(shape),
      0,
    );
  return { up: sum(inputs), down: sum(outputs) };
};

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => Deno.makeTempDir({ prefix: "gpu-check-" })),
  (folder) => Effect.promise(() => Deno.remove(folder, { recursive: true })),
);
