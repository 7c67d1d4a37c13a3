/**
 * The process that `doctor` measures: reads one question as JSON from standard
 * input and prints the answer as one line of JSON.
 *
 * A process of its own, because memory is only seen from the start of a
 * process, and because an engine that fails can take its process with it.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import {
  Backend,
  type BackendInfo,
  layerBackend,
} from "@deepcluster/gpu-backend";
import { graphOf, input, matmul } from "@deepcluster/graph";
import {
  type RunConfiguration,
  type Trial,
  type TrialOptions,
  tryRun,
} from "@deepcluster/training";
import { Clock, Effect } from "effect";
import { text } from "node:stream/consumers";
import process from "node:process";
import { openImagesOf } from "./run_to_end.ts";

/** Which engine to check. */
export type EngineOptions = Pick<
  RunConfiguration,
  "engine" | "provider" | "threads"
>;

/** An engine that works. */
export interface EngineCheck extends BackendInfo {
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
  /** What a trial of a run takes. */
  readonly trial: {
    readonly ask: {
      /** Empty folder for the trial. */
      readonly folder: string;
      /** The run's settings. */
      readonly configuration: RunConfiguration;
      /** How much is tried. */
      readonly options: TrialOptions;
    };
    readonly answer: Trial;
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
    const side = options.engine === "reference" ? 128 : 1024;
    const runs = 5;
    const backend = yield* Backend;
    const a = yield* input("a", [side, side]);
    const b = yield* input("b", [side, side]);
    const graph = yield* graphOf({ product: yield* matmul(a, b) });
    const { run } = yield* backend.compile(graph, {});
    const ones = floatTensor(
      [side, side],
      new Float32Array(side * side).fill(1),
    );
    yield* run({ a: ones, b: ones });
    const begunNs = yield* Clock.currentTimeNanos;
    for (let i = 0; i < runs; i++) yield* run({ a: ones, b: ones });
    const seconds = Number((yield* Clock.currentTimeNanos) - begunNs) / 1e9;
    return { ...backend.info, flops: runs * 2 * side ** 3 / seconds };
  }).pipe(Effect.provide(layerBackend(options)));

const tryOut = (
  { folder, configuration, options }: Questions["trial"]["ask"],
) =>
  Effect.gen(function* () {
    const { source } = yield* openImagesOf(configuration);
    return yield* tryRun(folder, configuration, source, options);
  }).pipe(Effect.provide(layerBackend(configuration)));

const answerTo = Effect.fnUntraced(function* (question: Question) {
  return {
    answer: question.name === "engine"
      ? yield* checkEngine(question.ask)
      : yield* tryOut(question.ask),
  };
});

if (import.meta.main) {
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
}
