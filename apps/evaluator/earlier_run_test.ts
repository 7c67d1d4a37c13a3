import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { runEvaluator } from "./commands_testing.ts";

const fixture = new URL(
  "../../test/fixtures/run_of_version_0.1.0/",
  import.meta.url,
).pathname;

effectTest(
  "a run that version 0.1.0 wrote has the NMI that version 0.1.0 printed, and its features are evaluated",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      cpSync(fixture, folder, { recursive: true });
      const [run, images] = [join(folder, "run"), join(folder, "images")];
      const evaluate = (...words: readonly string[]) =>
        Effect.promise(() => runEvaluator([...words, "--json"]));

      const nmi = yield* evaluate("nmi", run, images);
      assert.equal(nmi.code, 0, nmi.log);
      const [geometric] = JSON.parse(nmi.output).figures;
      assert.equal(geometric.model, "run, epoch 19");
      assert.ok(Math.abs(geometric.value - 0.5342051798681339) < 1e-12);

      const cache = join(folder, "cache");
      const knn = yield* evaluate("knn", run, images, "--cache", cache);
      assert.equal(knn.code, 0, knn.log);
      const layers = JSON.parse(knn.output).figures
        .filter(({ model }: { model: string }) => model === "run, epoch 19")
        .map(({ layer }: { layer: string }) => layer);
      assert.deepEqual([...new Set(layers)], ["features"]);
    }),
);
