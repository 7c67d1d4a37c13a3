import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "./cached.ts";
import assert from "node:assert/strict";

effectTest(
  "cached() evaluates once what two ask for at a time, and leaves no lock",
  () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "finished-"));
      let evaluated = 0;
      const part = { images: Int32Array.of(0), labels: Int32Array.of(0) };
      const ask = cached(
        folder,
        {
          protocol: "linear",
          model: "m",
          images: "i",
          crops: "centre",
          batch: 1,
          layer: { name: "pixels", columns: 3 },
          train: part,
          test: part,
          classNames: ["one"],
          seed: 1,
          options: {},
        },
        () =>
          Effect.gen(function* () {
            evaluated++;
            yield* Effect.sleep("50 millis");
            return [{ statistic: "top-1 accuracy", value: 0.5 }];
          }),
      );
      const [first, second] = yield* Effect.all([ask, ask], {
        concurrency: 2,
      });
      assert.equal(evaluated, 1);
      assert.deepEqual(first, second);
      const kept = readdirSync(join(folder, "judged"));
      assert.equal(kept.length, 1);
      assert.match(kept[0]!, /^[0-9a-f]{24}\.json$/);
    }).pipe(
      Effect.provide(Layer.merge(layerReference, Progress.layerSilent)),
    ),
);
