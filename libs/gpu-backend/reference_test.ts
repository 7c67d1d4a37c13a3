import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "./backend.ts";
import { programTests } from "./conformance/program_testing.ts";
import { layerReference } from "./reference.ts";
import { refusalTests } from "./conformance/refusal_testing.ts";
import assert from "node:assert/strict";

programTests("reference", layerReference);
refusalTests("reference", layerReference);

effectTest(
  "layerReference computes on the CPU, on one thread",
  () =>
    Effect.gen(function* () {
      const { info } = yield* Backend;
      assert.deepEqual(info.identity, {
        engine: "reference",
        provider: "cpu",
        threads: 1,
        version: "interpret of @deepcluster/graph",
      });
    }).pipe(Effect.provide(layerReference)),
);
