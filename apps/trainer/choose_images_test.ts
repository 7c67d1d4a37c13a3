import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProcess } from "./commands_testing.ts";
import { makePictures } from "./killing_testing.ts";

effectTest(
  "choose-clusters of images learns their features once, and says how",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const images = join(folder, "images");
      const cache = join(folder, "cache");
      yield* Effect.promise(() => makePictures(images, 50));
      const choose = (...flags: readonly string[]) =>
        inProcess(
          "choose-clusters",
          images,
          ..."--sample 45 --epochs 1 --clusters 2,4 --draws 2 --threads 1 --json"
            .split(" "),
          "--cache",
          cache,
          ...flags,
        );
      const first = yield* choose();
      assert.equal(first.failure, undefined);
      const found = JSON.parse(first.output);
      assert.deepEqual([found.images, found.sampled], [50, 45]);
      assert.match(found.features, /a run of 1 epoch on 45 of 50 images/);
      assert.deepEqual(
        found.sweep.map(({ clusters }: { clusters: number }) => clusters),
        [2, 4],
      );
      const runs = () => readdirSync(join(cache, "runs"));
      const [run] = runs();
      const metrics = () =>
        readFileSync(join(cache, "runs", run!, "metrics.jsonl"), "utf8");
      const before = metrics();
      assert.equal((yield* choose()).output, first.output);
      assert.deepEqual([runs(), metrics()], [[run], before]);
      const many = yield* inProcess(
        "choose-clusters",
        images,
        "--clusters",
        "45",
        "--cache",
        cache,
      );
      assert.match(many.failure!, /--clusters must be at most .* 40: 45 clu/);
      assert.deepEqual(runs(), [run]);
      const { failure } = yield* choose("--labels", images);
      assert.match(failure!, /--labels goes with a \.npy file/);
    }),
);
