import { Backend, layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { evaluationTurns } from "./evaluation_turns.ts";
import assert from "node:assert/strict";

const onnx = layerOnnx({ provider: "cpu", threads: 2 });

/** The most that ran at the same time, of five with so many images. */
const mostAtOnce = (images: number, memoryBytes: number) =>
  Effect.gen(function* () {
    const turns = yield* evaluationTurns(memoryBytes);
    const turn = turns.probe({ images, columns: 10, classes: 2 }, { batch: 4 });
    let [running, most] = [0, 0];
    const work = Effect.gen(function* () {
      most = Math.max(most, ++running);
      yield* Effect.sleep(1);
      running--;
    });
    yield* Effect.all([1, 2, 3, 4, 5].map(() => turn(work)), {
      concurrency: "unbounded",
    });
    return most;
  });

effectTest(
  "evaluationTurns() lets probes run side by side as far as threads and memory reach",
  () =>
    Effect.gen(function* () {
      assert.equal(yield* mostAtOnce(25, 2000), 2);
      assert.equal(yield* mostAtOnce(25, 1999), 1);
      assert.equal(yield* mostAtOnce(51, 2000), 1);
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "evaluationTurns() lets one probe run at a time where the engine has no threads",
  () =>
    Effect.gen(function* () {
      assert.equal((yield* Backend).compileInThread, undefined);
      assert.equal(yield* mostAtOnce(25, 2000), 1);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "evaluationTurns() sets memory apart for what neighbours and clusters read, at most half of it",
  () =>
    Effect.gen(function* () {
      const logOf = Effect.fnUntraced(function* (images: number, rows: number) {
        const turns = yield* evaluationTurns(2000);
        const log: string[] = [];
        const work = (name: string) =>
          Effect.sync(() => log.push(`${name} begins`)).pipe(
            Effect.andThen(Effect.sleep(1)),
            Effect.andThen(Effect.sync(() => log.push(`${name} ends`))),
          );
        const size = { images, columns: 10, classes: 2 };
        yield* Effect.all([
          turns.features([{ rows, columns: 10 }])(work("knn")),
          turns.probe(size, { batch: 4 })(work("probe")),
        ], { concurrency: "unbounded" });
        return log;
      });
      assert.deepEqual(yield* logOf(26, 100), [
        "knn begins",
        "knn ends",
        "probe begins",
        "probe ends",
      ]);
      for (const [images, rows] of [[25, 100], [40, 10]] as const) {
        assert.deepEqual((yield* logOf(images, rows)).slice(0, 2), [
          "knn begins",
          "probe begins",
        ]);
      }
    }).pipe(Effect.provide(onnx)),
);
