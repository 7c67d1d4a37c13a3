/**
 * Measures whether decoding overlaps with computing: AlexNet on a folder of
 * images, in one process. Decoding and cropping alone, computing alone on one
 * batch and both together run in turn, for the features to cluster and for
 * training; an epoch is both passes. Features are extracted as runs do it, to a
 * file.
 *
 * ```sh
 * deno run -A benchmarks/data/overlap.ts FOLDER [THREADS] [IMAGES] [ROUNDS] [PASS]
 * ```
 *
 * PASS is `extract` or `train`, for that pass alone; without a number of rounds
 * there are three, of 256 images. `rate` is that of both together, in images
 * per second and relative to that of busy processors,
 * `1 / (1 / decode + 1 / compute)` of the rates alone. `both / larger` is the
 * time of both together divided by the larger of the two alone. `bound` is its
 * lower bound: all processor time, shared evenly by all processors. A last line
 * for each pass has the median rates. Nothing else may run meanwhile.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  intTensor,
  matrix,
  Progress,
  type Tensors,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  clusteringTransform,
  decodedShortSideFor,
  imageSet,
  trainingTransform,
} from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { extractOutputs } from "@deepcluster/features";
import {
  Backend,
  type BackendError,
  layerOnnx,
} from "@deepcluster/gpu-backend";
import {
  alexnet,
  dropoutMasks,
  featuresGraph,
  initialise,
  initialiseHead,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import { openRowFile } from "@deepcluster/storage";
import { Effect, Stream } from "effect";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { median } from "../measure/statistics.ts";

const size = 224;
const batchSize = 32;
const clusters = 100;
const seed = 1;

const [
  folder = ".",
  threads = availableParallelism(),
  images = 256,
  rounds = 3,
  only,
] = process.argv.slice(2);
const count = Math.floor(Number(images) / batchSize) * batchSize;
const kinds = (["extract", "train"] as const)
  .filter((kind) => only === undefined || kind === only);

const main = Effect.gen(function* () {
  const { source } = yield* openSource(folder);
  const set = imageSet(source, { maxShortSide: decodedShortSideFor(size) });
  const order = Int32Array.from({ length: count }, (_, i) => i % set.size);
  const network = yield* alexnet({ sobel: true, size });
  const passes: Pass[] = [];
  for (const kind of kinds) {
    const transform = kind === "extract"
      ? clusteringTransform({ crop: size })
      : trainingTransform({ crop: size, seed, epoch: 1 });
    const decoded = () => batches(set, order, transform, { batchSize });
    const step = yield* stepOf(kind, network);
    const both = kind === "extract"
      ? extraction(step, decoded, network.featureSize)
      : Stream.runForEach(decoded(), step);
    const batch = yield* firstOf(decoded());
    yield* step(batch);
    yield* Stream.runDrain(decoded());
    passes.push({
      kind,
      decode: Stream.runDrain(decoded()),
      compute: Effect.gen(function* () {
        for (let i = 0; i < count; i += batchSize) yield* step(batch);
      }),
      both,
    });
  }
  const rates: Record<string, number[]> = {};
  const note = (name: string, round: number, times: Times) => {
    print(`${name} ${round}`, times);
    (rates[name] ??= []).push(relativeRate(times));
  };
  for (let round = 1; round <= Number(rounds); round++) {
    const times: Times[] = [];
    for (const pass of passes) {
      times.push(yield* timesOf(pass));
      note(pass.kind, round, times.at(-1)!);
    }
    if (times.length > 1) note("epoch", round, sum(times));
  }
  for (const [name, values] of Object.entries(rates)) {
    const [middle, low, high] = [
      median(values),
      Math.min(...values),
      Math.max(...values),
    ].map((value) => value.toFixed(2));
    console.log(
      `${name}: ${middle} (${low} to ${high}) of the rate of busy processors`,
    );
  }
}).pipe(Effect.scoped);

/** One half of an epoch. */
interface Pass {
  readonly kind: "extract" | "train";
  /** Decodes and crops all images. */
  readonly decode: Effect.Effect<unknown, unknown>;
  /** Computes as many batches. */
  readonly compute: Effect.Effect<unknown, unknown>;
  /** The pass. */
  readonly both: Effect.Effect<unknown, unknown>;
}

/** Seconds of a pass: each part alone, and both together. */
type Times = Record<"decode" | "compute" | "both", Time>;

const timesOf = Effect.fnUntraced(function* (pass: Pass) {
  return {
    decode: yield* timed(pass.decode),
    compute: yield* timed(pass.compute),
    both: yield* timed(pass.both),
  };
});

/** Extracts to a new file, with a program that is compiled already. */
const extraction = (
  step: Step,
  decoded: () => ReturnType<typeof batches>,
  columns: number,
) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "overlap-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
    );
    const features = yield* openRowFile(join(folder, "features"), columns);
    const run = (images: FloatTensor) =>
      Effect.map(
        step({ images, indices: new Int32Array(0) }),
        ({ features }) => () =>
          matrix(images.shape[0]!, columns, features!.data as Float32Array),
      );
    const pass = { count, batch: batchSize, from: decoded };
    yield* extractOutputs(Effect.succeed(run), pass, { features });
  }).pipe(Effect.scoped, Effect.provide(Progress.layerSilent));

/** Runs a pass's program on a batch. */
type Step = (batch: Batch) => Effect.Effect<Tensors, BackendError>;

/** An epoch: the sum of the passes. */
const sum = (passes: readonly Times[]): Times => {
  const total = (part: keyof Times) => ({
    wall: passes.reduce((seconds, pass) => seconds + pass[part].wall, 0),
    cpu: passes.reduce((seconds, pass) => seconds + pass[part].cpu, 0),
  });
  return {
    decode: total("decode"),
    compute: total("compute"),
    both: total("both"),
  };
};

/** Relative to that of busy processors. */
const relativeRate = ({ decode, compute, both }: Times) =>
  (decode.wall + compute.wall) / both.wall;

const print = (name: string, times: Times) => {
  const { decode, compute, both } = times;
  const larger = Math.max(decode.wall, compute.wall);
  const evenly = (decode.cpu + compute.cpu) / availableParallelism();
  console.log(
    `${name}: rate ${(count / both.wall).toFixed(1)} images/s, ` +
      `${relativeRate(times).toFixed(2)} of the rate of busy processors, ` +
      `both / larger ${(both.wall / larger).toFixed(2)}, ` +
      `bound ${(Math.max(evenly, larger) / larger).toFixed(2)} | ` +
      Object.entries(times).map(([part, time]) =>
        `${part} ${show(time.wall)} (processors ${show(time.cpu)})`
      ).join(", ") + " ms an image",
  );
};

const stepOf = Effect.fnUntraced(function* (
  kind: Pass["kind"],
  network: Network,
) {
  const backend = yield* Backend;
  const graph = kind === "extract"
    ? yield* featuresGraph(network, batchSize)
    : yield* trainingGraph(network, {
      batch: batchSize,
      clusters,
      momentum: 0.9,
      weightDecay: 1e-5,
    });
  const tensors: Tensors = {
    ...zeroMomenta(network),
    ...initialise(network, seed),
    ...initialiseHead(network.featureSize, clusters, seed, 1),
  };
  const program = yield* backend.compile(
    graph,
    Object.fromEntries(
      Object.keys(graph.state).map((name) => [name, tensors[name]!]),
    ),
  );
  const labels = intTensor([batchSize]);
  const rate = floatTensor([], Float32Array.of(0.001));
  const draw = { seed, epoch: 1, step: 0 };
  let masks: ReturnType<typeof dropoutMasks> | undefined;
  const step: Step = ({ images }) => {
    if (kind === "extract") return program.run({ images });
    masks = dropoutMasks(network, batchSize, draw, masks);
    return program.run({ images, labels, learning_rate: rate, ...masks });
  };
  return step;
});

/** A copy of the first batch. */
const firstOf = Effect.fnUntraced(function* <E>(
  stream: Stream.Stream<Batch, E>,
) {
  const collected = yield* Stream.runCollect(
    Stream.take(stream, 1).pipe(
      Stream.map(({ images: { shape, data }, indices }) => ({
        images: floatTensor(shape, data.slice()),
        indices,
      })),
    ),
  );
  return collected[0]!;
});

/** Seconds by the clock and of all processors. */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** Times an effect. */
const timed = Effect.fnUntraced(function* <E, R>(
  work: Effect.Effect<unknown, E, R>,
) {
  const before = process.cpuUsage();
  const fromMs = performance.now();
  yield* work;
  const { user, system } = process.cpuUsage(before);
  return {
    wall: (performance.now() - fromMs) / 1000,
    cpu: (user + system) / 1e6,
  };
});

const show = (seconds: number) => (1000 * seconds / count).toFixed(2);

await Effect.runPromise(
  Effect.provide(
    main,
    layerOnnx({ provider: "cpu", threads: Number(threads) }),
  ),
);
