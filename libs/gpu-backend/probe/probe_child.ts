/**
 * The main module of the process that tries an engine: reads `BackendOptions`
 * as JSON from standard input, and prints what came of it as one line of JSON.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import { Effect } from "effect";
import process from "node:process";
import { text } from "node:stream/consumers";
import { Backend } from "../backend.ts";
import { layerSelected, selectBackend } from "../selection.ts";
import { measureFlops } from "./measure.ts";
import type { ProbeAnswer } from "./probe_engine.ts";

const answer: Effect.Effect<ProbeAnswer> = Effect.gen(function* () {
  const options = JSON.parse(yield* Effect.promise(() => text(process.stdin)));
  const selected = yield* selectBackend(options);
  const probe = Effect.gen(function* () {
    const { identity, capabilities } = (yield* Backend).info;
    return { ...identity, capabilities, flops: yield* measureFlops };
  });
  return { probe: yield* Effect.provide(probe, layerSelected(selected)) };
}).pipe(
  Effect.catchTags({
    EngineUnavailableError: ({ library, message, reason, remedy }) =>
      failed({ reason: message, problem: `${library} ${reason}`, remedy }),
    ProviderMissingError: ({ message, reason, remedy }) =>
      failed({ reason: message, problem: reason, remedy }),
  }),
  Effect.catch(({ message }) => failed({ reason: message })),
);

const failed = (
  failure: Extract<ProbeAnswer, { readonly failure: unknown }>["failure"],
): Effect.Effect<ProbeAnswer> => Effect.succeed({ failure });

NodeRuntime.runMain(Effect.map(answer, (answer) => {
  // A library may have printed half a line, and its threads may not end.
  process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit());
}));
