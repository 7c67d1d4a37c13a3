import { effectTest } from "@deepcluster/test";
import { Effect, Logger } from "effect";
import { availableParallelism } from "node:os";
import { ProbeError } from "../errors.ts";
import { resolveBackend } from "./choose_provider.ts";
import type { ProbeEngine } from "./probe_engine.ts";
import assert from "node:assert/strict";

/** Providers that work, with their rates. */
const probing =
  (flops: Readonly<Record<string, number>>): ProbeEngine =>
  ({ engine, provider, threads = 1, software }) => {
    assert.ok(!software);
    const rate = flops[provider];
    return rate === undefined
      ? Effect.fail(new ProbeError({ reason: `There is no ${provider}` }))
      : Effect.succeed({
        engine,
        provider,
        threads,
        version: `lib 1 on ${provider}`,
        capabilities: {
          enginePerThread: false,
          deviceMemory: false,
          byteProducts: 0,
          interpreted: false,
          stepsPerScan: 1,
        },
        flops: rate,
      });
  };

/** What an effect logs besides what it gives. */
const logged = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E>) {
  const lines: unknown[] = [];
  const logger = Logger.make(({ message }) => void lines.push(message));
  const result = yield* Effect.provide(effect, Logger.layer([logger]));
  return { result, lines: lines.flat() };
});

effectTest(
  "resolveBackend() takes the fastest provider for auto, and a line says so",
  () =>
    Effect.gen(function* () {
      const { result, lines } = yield* logged(resolveBackend(
        { provider: "auto", threads: 3, software: true },
        probing({ cpu: 2.5e11, webgpu: 9.14e12 }),
      ));
      assert.deepEqual(result, {
        engine: "onnx",
        provider: "webgpu",
        threads: 3,
        software: true,
      });
      assert.deepEqual(lines, [
        "Provider auto takes webgpu of onnx: lib 1 on webgpu, 9.1 TFLOP/s; " +
        "cpu has 250 GFLOP/s; cuda cannot be used: doctor says why",
      ]);
    }),
);

effectTest(
  "resolveBackend() takes the CPU where a GPU is slower",
  () =>
    Effect.gen(function* () {
      const { result } = yield* logged(resolveBackend(
        { provider: "auto" },
        probing({ cpu: 2.5e11, webgpu: 1e11, cuda: 2e11 }),
      ));
      assert.deepEqual(result, {
        engine: "onnx",
        provider: "cpu",
        threads: availableParallelism(),
      });
    }),
);

effectTest(
  "resolveBackend() gives each provider its own threads, and tries those only " +
    "that can have as many as asked for",
  () =>
    Effect.gen(function* () {
      const probe = probing({ wasm: 1e10, cpu: 5e10 });
      const tfjs = { engine: "tfjs", provider: "cpu" };
      assert.deepEqual(
        yield* resolveBackend({ engine: "tfjs", provider: "auto" }, probe),
        { ...tfjs, threads: availableParallelism() },
      );
      const { result, lines } = yield* logged(resolveBackend(
        { engine: "tfjs", provider: "auto", threads: 4 },
        probe,
      ));
      assert.deepEqual(result, { ...tfjs, threads: 4 });
      assert.deepEqual(lines, [
        "Provider auto takes cpu of tfjs: lib 1 on cpu, 50 GFLOP/s; " +
        "cuda cannot be used: doctor says why",
      ]);
    }),
);

effectTest(
  "resolveBackend() fails with every reason where auto finds no provider",
  () =>
    Effect.gen(function* () {
      const none = yield* Effect.flip(
        resolveBackend({ provider: "auto" }, probing({})),
      );
      assert.equal(
        none.message,
        "Cannot choose a provider of onnx as one must work:\n" +
          "  There is no cpu\n  There is no webgpu\n  There is no cuda",
      );
    }),
);

effectTest(
  "resolveBackend() tries nothing without auto, and nothing with options that " +
    "are wrong",
  () =>
    Effect.gen(function* () {
      const never: ProbeEngine = () => Effect.die("tried");
      const { provider } = yield* resolveBackend({ provider: "cuda" }, never);
      assert.equal(provider, "cuda");
      const wrong = yield* Effect.flip(
        resolveBackend({ provider: "auto", threads: 0 }, never),
      );
      assert.match(wrong.message, /threads must be/);
    }),
);
