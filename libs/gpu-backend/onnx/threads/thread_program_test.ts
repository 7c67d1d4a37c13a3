import { draws, floatTensor, intTensor, matrix } from "@deepcluster/core";
import {
  buildGraph,
  input,
  linear,
  multiply,
  reduceSum,
  softmaxCrossEntropy,
  trainingStep,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect, Fiber } from "effect";
import { Backend } from "../../backend.ts";
import { layerTested, normals } from "../../testing.ts";
import { startThread, threadPool } from "./thread.ts";
import assert from "node:assert/strict";

const [n, b, d, classes, steps] = [20, 4, 300, 3, 5];
const rows = normals(draws(1, "rows"), [n, d]).data as Float32Array;
const positions = intTensor([steps, b], draws(2, "picks").sample(n, n));
const labels = positions.data.map((position) => position % classes);
const state = {
  weight: normals(draws(3, "weight"), [classes, d]),
  "weight.momentum_buffer": floatTensor([classes, d]),
};

const graph = buildGraph(() => {
  const features = input("features", [b, d]);
  const targets = input("labels", [b], "int32");
  const weight = input("weight", [classes, d]);
  const losses = softmaxCrossEntropy(linear(features, weight), targets);
  return trainingStep({
    loss: multiply(reduceSum(losses), input("share", [])),
    groups: [{
      parameters: { weight },
      learningRate: input("rate", []),
      momentum: 0.9,
      weightDecay: 0.01,
    }],
  });
});

const inputs = {
  labels: intTensor([steps, b], labels),
  share: floatTensor([steps], new Float32Array(steps).fill(0.25)),
  rate: floatTensor([steps], Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5)),
};

/** A program in a thread, of a matrix of its own. */
const inThread = Effect.gen(function* () {
  const { compileInThread } = yield* Backend;
  return yield* compileInThread!(yield* graph, state, {
    input: "features",
    matrix: matrix(n, d, rows.slice()),
  });
});

effectTest(
  "compileInThread() takes the steps of compile(), bit by bit, from any state",
  () =>
    Effect.gen(function* () {
      const { compile } = yield* Backend;
      const here = yield* compile(yield* graph, state);
      const features = floatTensor([steps, b, d]);
      positions.data.forEach((position, i) =>
        features.data.set(
          rows.subarray(position * d, (position + 1) * d),
          i * d,
        )
      );
      const expected = yield* here.scan(steps, { ...inputs, features });
      const end = yield* here.read;
      const there = yield* inThread;
      const picked = { ...inputs, features: positions };
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(yield* there.scan(steps, picked), expected);
        assert.deepEqual(yield* there.read, end);
        yield* there.write(state);
      }
      const { loss } = yield* there.run({
        features: intTensor([b], positions.data.slice(0, b)),
        labels: intTensor([b], labels.slice(0, b)),
        share: floatTensor([], Float32Array.of(0.25)),
        rate: floatTensor([], Float32Array.of(0.1)),
      });
      assert.equal(loss!.data[0], expected["loss"]!.data[0]);
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "compileInThread(): several programs run side by side",
  () =>
    Effect.gen(function* () {
      const programs = yield* Effect.all([inThread, inThread, inThread], {
        concurrency: "unbounded",
      });
      const picked = { ...inputs, features: positions };
      const [one, ...others] = yield* Effect.forEach(
        programs,
        (program) => program.scan(steps, picked),
        { concurrency: "unbounded" },
      );
      for (const other of others) assert.deepEqual(other, one);
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "compileInThread() fails for a matrix of other columns, labels that are none and rows that are not there",
  () =>
    Effect.gen(function* () {
      const { compileInThread } = yield* Backend;
      const narrow = yield* Effect.flip(
        compileInThread!(yield* graph, state, {
          input: "features",
          matrix: matrix(n, d - 1),
        }),
      );
      assert.match(narrow.message, /features must be \[4, 300\]/);
      const program = yield* inThread;
      const foreign = yield* Effect.flip(
        program.scan(steps, {
          ...inputs,
          features: positions,
          labels: intTensor([steps, b], labels.map(() => classes)),
        }),
      );
      assert.equal(foreign._tag, "LabelError");
      const beyond = yield* Effect.flip(
        program.scan(steps, {
          ...inputs,
          features: intTensor([steps, b], positions.data.map(() => n)),
        }),
      );
      assert.equal(beyond._tag, "ExecutionError");
      assert.match(beyond.message, /out of data bounds/);
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "startThread(): the answer to an interrupted request is not taken for that to the next",
  () =>
    Effect.gen(function* () {
      const ask = yield* startThread;
      // It has no model whose state could be read.
      const reading = yield* Effect.forkChild(ask({ kind: "read" }), {
        startImmediately: true,
      });
      yield* Fiber.interrupt(reading);
      assert.deepEqual(yield* ask({ kind: "close" }), {});
    }).pipe(Effect.scoped, Effect.timeout(10_000)),
);

effectTest(
  "startThread(): a thread that ended fails whatever it is asked",
  () =>
    Effect.gen(function* () {
      const ask = yield* startThread;
      // It knows no such request of no kind, and ends.
      const answer = Effect.flip(ask(null as never));
      assert.match(yield* answer, /null|ended/);
      assert.match(yield* answer, /null|ended/);
    }).pipe(Effect.scoped, Effect.timeout(10_000)),
);

effectTest(
  "threadPool lends a thread again once it is handed back",
  () =>
    Effect.gen(function* () {
      const lend = yield* threadPool;
      const two = Effect.all([lend, lend]);
      const [first, second] = yield* Effect.scoped(two);
      assert.notEqual(first, second);
      const again = yield* Effect.scoped(two);
      assert.deepEqual(new Set(again), new Set([first, second]));
    }).pipe(Effect.scoped, Effect.timeout(10_000)),
);
