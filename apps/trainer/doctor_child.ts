/**
 * The process that `doctor` measures: reads one question as JSON from standard
 * input and prints the answer as one line of JSON.
 *
 * A process of its own, because memory is only seen from the start of a
 * process, and because an engine that fails can take its process with it.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { floatTensor, Progress } from "@deepcluster/core";
import {
  Backend,
  type Capabilities,
  type EngineIdentity,
  layerBackend,
} from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import {
  layerRunFolder,
  openImagesOf,
  type RunConfiguration,
} from "@deepcluster/runs";
import {
  profile,
  type ProfileOptions,
  type ProfileRun,
} from "@deepcluster/training";
import { Clock, Effect, Layer } from "effect";
import { text } from "node:stream/consumers";
import process from "node:process";

/** Which engine to check. */
export type EngineOptions = Pick<
  RunConfiguration,
  "engine" | "provider" | "threads"
>;

/** An engine that works. */
export interface EngineCheck extends EngineIdentity {
  /** What it can do. */
  readonly capabilities: Capabilities;
  /** Floating-point operations a second in a product of matrices. */
  readonly flops: number;
}

/** What can be asked, and what the answers are. */
export interface Questions {
  /** Whether an engine starts, and how fast it is. */
  readonly engine: {
    readonly ask: EngineOptions;
    readonly answer: EngineCheck;
  };
  /** What a few steps of a run take. */
  readonly profile: {
    readonly ask: {
      /** Empty folder for its files. */
      readonly folder: string;
      /** The run's settings. */
      readonly configuration: RunConfiguration;
      /** How much is profiled. */
      readonly options: ProfileOptions;
    };
    readonly answer: ProfileRun;
  };
}

/** A question by its name. */
export type Question = {
  [Q in keyof Questions]: {
    readonly name: Q;
    readonly ask: Questions[Q]["ask"];
  };
}[keyof Questions];

/** What failed, and what to do about it, where that is told apart. */
export interface Failure {
  /** The message of the error. */
  readonly reason: string;
  /** What to do. */
  readonly remedy?: string;
}

/** The answer, or what failed. */
export type Answer<Q extends keyof Questions> =
  | { readonly answer: Questions[Q]["answer"] }
  | { readonly failure: Failure };

const checkEngine = (options: EngineOptions) =>
  Effect.gen(function* () {
    const backend = yield* Backend;
    const { identity, capabilities } = backend.info;
    const side = capabilities.interpreted ? 128 : 1024;
    const runs = 5;
    const graph = yield* buildGraph(() => {
      const [a, b] = [input("a", [side, side]), input("b", [side, side])];
      return { outputs: { product: matmul(a, b) } };
    });
    const { run } = yield* backend.compile(graph, {});
    const ones = floatTensor(
      [side, side],
      new Float32Array(side * side).fill(1),
    );
    yield* run({ a: ones, b: ones });
    const begunNs = yield* Clock.currentTimeNanos;
    for (let i = 0; i < runs; i++) yield* run({ a: ones, b: ones });
    const seconds = Number((yield* Clock.currentTimeNanos) - begunNs) / 1e9;
    return { ...identity, capabilities, flops: runs * 2 * side ** 3 / seconds };
  }).pipe(Effect.provide(layerBackend(options)));

const profileRun = (
  { folder, configuration, options }: Questions["profile"]["ask"],
) =>
  Effect.gen(function* () {
    const { source } = yield* openImagesOf(configuration);
    return yield* profile(configuration, source, options);
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        Assigner.layerBackend,
        layerRunFolder(folder),
        Progress.layerSilent,
      ).pipe(Layer.provideMerge(layerBackend(configuration))),
    ),
  );

const answerTo = Effect.fnUntraced(function* (question: Question) {
  return {
    answer: question.name === "engine"
      ? yield* checkEngine(question.ask)
      : yield* profileRun(question.ask),
  };
});

const question: Question = JSON.parse(await text(process.stdin));
const answer = await Effect.runPromise(
  Effect.scoped(answerTo(question)).pipe(
    Effect.catch((error) =>
      Effect.succeed({
        failure: {
          reason: error.message,
          ...error._tag === "ProviderMissingError" &&
            { remedy: error.remedy },
        } satisfies Failure,
      })
    ),
  ),
);
console.log(JSON.stringify(answer));
