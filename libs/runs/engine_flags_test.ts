import { Backend, engineNames, providersOf } from "@deepcluster/gpu-backend";
import { flagWords } from "@deepcluster/terminal";
import { effectTest } from "@deepcluster/test";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Console, Effect, Option } from "effect";
import { Command } from "effect/cli";
import {
  continuedEngine,
  engineFlags,
  type EngineValues,
  typedEngine,
} from "./engine_flags.ts";
import { layerTypedEngine } from "./typed_engine.ts";
import assert from "node:assert/strict";

const untyped: EngineValues = {
  engine: Option.none(),
  provider: Option.none(),
  threads: Option.none(),
  software: false,
};

/** Values of a command line. */
const parsed = Effect.fnUntraced(function* (words: readonly string[]) {
  let values: EngineValues | undefined;
  const command = Command.make(
    "try",
    engineFlags,
    (flags) => Effect.sync(() => void (values = flags)),
  );
  yield* Command.runWith(command, { version: "0", renderErrors: false })(words);
  return values!;
}, Effect.provide(NodeServices.layer));

effectTest(
  "the flags of the engine parse to what layerBackend takes, and to nothing " +
    "where nothing is typed",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* parsed([]), untyped);
      assert.deepEqual(typedEngine(untyped), { software: false });
      const words = "--engine reference --provider cpu --threads 1 --software";
      const values = yield* parsed(words.split(" "));
      assert.deepEqual(typedEngine(values), {
        engine: "reference",
        provider: "cpu",
        threads: 1,
        software: true,
      });
    }),
);

effectTest(
  "the help of --engine and --provider names every engine with its providers",
  () =>
    Effect.gen(function* () {
      const printed: string[] = [];
      yield* Effect.ignore(parsed(["--help"])).pipe(
        Effect.provideService(Console.Console, {
          ...console,
          log: (...words: readonly unknown[]) =>
            void printed.push(words.join(" ")),
        }),
      );
      const help = printed.join("\n").replaceAll(/\s+/g, " ");
      for (const engine of engineNames) {
        const providers = providersOf(engine);
        assert.ok(help.includes(`${engine} on ${providers.join(", ")}`));
      }
    }),
);

effectTest(
  "a provider of another engine is refused in the words that were typed",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(
        Effect.provide(
          Backend,
          layerTypedEngine({
            ...untyped,
            engine: Option.some("reference"),
            provider: Option.some("cuda"),
          }),
        ),
      ));
      assert.match(
        flagWords(error, {}),
        /^Cannot compute with the engine reference as --provider must be cpu: --provider cuda; cuda is of --engine onnx/,
      );
    }),
);

Deno.test("continuedEngine() keeps the engine of what is continued, unless another is typed", () => {
  const earlier = { engine: "onnx", provider: "cuda", threads: 3 } as const;
  assert.deepEqual(typedEngine(continuedEngine(untyped, earlier)), {
    ...earlier,
    software: false,
  });
  const auto = { ...untyped, provider: Option.some("auto" as const) };
  assert.deepEqual(typedEngine(continuedEngine(auto, earlier)), {
    ...earlier,
    software: false,
  });
  assert.deepEqual(continuedEngine(auto, undefined), auto);
  const typed = { ...untyped, provider: Option.some("cpu" as const) };
  assert.equal(typedEngine(continuedEngine(typed, earlier)).provider, "cpu");
  const other = { ...untyped, engine: Option.some("reference" as const) };
  assert.deepEqual(continuedEngine(other, earlier), other);
});
