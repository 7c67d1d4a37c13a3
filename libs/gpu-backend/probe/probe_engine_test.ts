import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { providersOf } from "../engines.ts";
import { ProbeError } from "../errors.ts";
import { probeEngine, tryProviders } from "./probe_engine.ts";
import assert from "node:assert/strict";

effectTest(
  "probeEngine() measures an engine in a process of its own",
  () =>
    Effect.gen(function* () {
      const probe = yield* probeEngine({
        engine: "onnx",
        provider: "cpu",
        threads: 1,
      });
      assert.equal(probe.engine, "onnx");
      assert.equal(probe.threads, 1);
      assert.equal(probe.capabilities.deviceMemory, false);
      assert.ok(probe.flops > 1e9, `${probe.flops}`);
    }),
);

effectTest(
  "probeEngine() of a provider that is not there says what is missing, and " +
    "what to do",
  () =>
    Effect.gen(function* () {
      const missing = yield* Effect.result(
        probeEngine({ engine: "onnx", provider: "cuda" }),
      );
      // A machine that has CUDA answers.
      if (missing._tag === "Success") return;
      assert.match(missing.failure.message, /Cannot compute on cuda/);
      assert.match(missing.failure.remedy ?? "", /--provider cpu/);
    }),
);

effectTest(
  "probeEngine() refuses options as layerBackend does",
  () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(
        probeEngine({ engine: "reference", provider: "cpu", threads: 2 }),
      );
      assert.match(refused.message, /threads must be 1/);
    }),
);

effectTest(
  "tryProviders() tries each provider, and one that fails stops none",
  () =>
    Effect.gen(function* () {
      const tried = yield* tryProviders(
        providersOf("onnx").map((provider) => ({
          engine: "onnx",
          provider,
          threads: 3,
        })),
        ({ provider, threads }) =>
          Effect.fail(
            new ProbeError({ reason: `no ${provider} ${threads}` }),
          ),
      );
      assert.deepEqual(
        tried.map(({ fails }) => fails?.message),
        providersOf("onnx").map((provider) => `no ${provider} 3`),
      );
    }),
);
