import { floatTensor } from "@deepcluster/core";
import { buildGraph, input, multiply } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { compileWith } from "./executor.ts";
import { loadRuntime, type OnnxRuntime } from "./runtime.ts";
import assert from "node:assert/strict";

effectTest(
  "threads of a program whose state changes spin a moment between operators, " +
    "those of others sleep at once",
  () =>
    Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const opened: unknown[] = [];
      const watched = {
        ...runtime,
        env: runtime.env,
        Tensor: runtime.Tensor,
        InferenceSession: {
          create: (
            model: Uint8Array,
            options: { extra: { session: { intra_op: unknown } } },
          ) => {
            opened.push(options.extra.session.intra_op);
            return runtime.InferenceSession.create(model, options);
          },
        },
      } as unknown as OnnxRuntime;
      const compile = compileWith({
        runtime: watched,
        settings: { provider: "cpu", threads: 2 },
        lowering: {},
      });
      const x = input("x", [2]);
      const y = multiply(x, 2);
      for (const next of [{}, { next: y }]) {
        const graph = yield* buildGraph(() => ({
          outputs: { y },
          state: { x: { current: x, ...next } },
        }));
        yield* compile(graph, { x: floatTensor([2]) });
      }
      assert.deepEqual(opened, [
        { allow_spinning: "0" },
        { allow_spinning: "1", spin_duration_us: "50" },
      ]);
    }).pipe(Effect.scoped),
);
