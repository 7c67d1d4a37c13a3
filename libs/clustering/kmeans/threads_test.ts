import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { normalPoints } from "../testing.ts";
import { kmeans } from "./kmeans.ts";
import {
  layerTwoThreads,
  manyPoints,
  options,
  stateOf,
} from "./threads_testing.ts";

const program = fileURLToPath(new URL("./threads_testing.ts", import.meta.url));

/** Runs the program until it kills itself. */
const killedIn = async (file: string): Promise<void> => {
  const { signal } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", program, file],
  }).output();
  assert.equal(signal, "SIGKILL");
};

effectTest(
  "kmeans() killed while its threads work and resumed equals an uninterrupted run",
  () =>
    Effect.gen(function* () {
      const folder = yield* Effect.promise(() => Deno.makeTempDir());
      const file = `${folder}/state.json`;
      yield* Effect.promise(() => killedIn(file));
      const from = stateOf(
        yield* Effect.promise(() => Deno.readTextFile(file)),
      );
      assert.equal(from.history.length, 3);
      const resumed = yield* kmeans(manyPoints, options, from);
      assert.deepEqual(resumed, yield* kmeans(manyPoints, options));
      yield* Effect.promise(() => Deno.remove(folder, { recursive: true }));
    }).pipe(Effect.provide(layerTwoThreads)),
);

effectTest(
  "kmeans() twice at once on the same threads gives what each gives alone",
  () =>
    Effect.gen(function* () {
      const runs = [
        kmeans(manyPoints, { ...options, iterations: 4 }),
        kmeans(normalPoints("beside", 3000, 16), { k: 50, seed: 2 }),
        kmeans(manyPoints, { ...options, k: 90, iterations: 4 }),
      ];
      const together = yield* Effect.all(runs, { concurrency: "unbounded" });
      assert.deepEqual(together, yield* Effect.all(runs));
    }).pipe(Effect.provide(layerTwoThreads)),
);
