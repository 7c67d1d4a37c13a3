import { type Matrix, Progress, type ProgressEvent } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { rmacDescriptor } from "@deepcluster/retrieval";
import { effectTest } from "@deepcluster/test";
import { Effect, Exit, Layer } from "effect";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evaluateInstance } from "./evaluate_instance.ts";
import reference from "./fixtures/reference.json" with { type: "json" };
import { madeDatasets, madeModel, madeSize } from "./made_dataset_testing.ts";
import { openInstanceDataset } from "./open_dataset.ts";

const engine = layerOnnx({ provider: "cpu", threads: 1 });
const services = Layer.merge(engine, Progress.layerSilent);

const close = (actual: number, expected: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) < 1e-5,
    `${what}: ${actual}, ${expected}`,
  );

const closeRows = (
  actual: Matrix,
  rows: readonly number[][],
  what: string,
) => {
  rows.flat().forEach((value, i) =>
    close(actual.data[i]!, value, `${what} ${i}`)
  );
};

effectTest(
  "evaluateInstance() gives the descriptors and the mAP of PyTorch and NumPy",
  () =>
    Effect.gen(function* () {
      const { oxford, paris, cache } = yield* madeDatasets;
      const dataset = yield* openInstanceDataset("oxford5k", oxford);
      const pcaFrom = yield* openInstanceDataset("paris6k", paris);
      assert.deepEqual(dataset.missing, ["all_souls_000099"]);
      assert.deepEqual(pcaFrom.corrupt, ["paris_louvre_000136"]);
      const rmac = yield* rmacDescriptor(yield* madeModel, { size: madeSize });
      const evaluate = (options: { aqe?: number; dba?: number }) =>
        evaluateInstance(rmac, dataset, { cache, pcaFrom, ...options });

      const { database, queries, pca, results } = yield* evaluate({});
      closeRows(database, reference.database, "database");
      closeRows(queries, reference.queries, "queries");
      assert.equal(pca?.images, 8);
      const [original] = results;
      assert.deepEqual(
        [original!.queries, original!.positives, original!.junk],
        [3, 9, 3],
      );
      close(original!.meanAveragePrecision, reference.map, "mAP");
      reference.averagePrecisions.forEach((value, i) =>
        close(original!.averagePrecisions[i]!, value, `AP ${i}`)
      );

      const mapOf = (options: { aqe?: number; dba?: number }) =>
        Effect.map(
          evaluate(options),
          ({ results: [result] }) => result!.meanAveragePrecision,
        );
      close(yield* mapOf({ aqe: 2 }), reference.aqe2, "aqe");
      close(yield* mapOf({ dba: 3 }), reference.dba3, "dba");
      close(yield* mapOf({ dba: 3, aqe: 2 }), reference.dba3aqe2, "both");

      const plain = yield* evaluateInstance(rmac, dataset, { cache });
      closeRows(plain.database, reference.withoutPca, "without PCA");
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "evaluateInstance() judges easy, medium and hard as the revisited code does",
  () =>
    Effect.gen(function* () {
      const { oxford, paris, cache } = yield* madeDatasets;
      const dataset = yield* openInstanceDataset("roxford5k", oxford);
      const pcaFrom = yield* openInstanceDataset("paris6k", paris);
      const rmac = yield* rmacDescriptor(yield* madeModel, { size: madeSize });
      const { results } = yield* evaluateInstance(rmac, dataset, {
        cache,
        pcaFrom,
      });
      assert.equal(results.length, 3);
      for (const result of results) {
        const { protocol, meanAveragePrecision, meanPrecisionAt } = result;
        const expected = reference.revisited[
          protocol as keyof typeof reference.revisited
        ];
        close(meanAveragePrecision, expected.map, protocol);
        [1, 5, 10].forEach((k, i) =>
          close(
            meanPrecisionAt[k]!,
            expected.precisions[i]!,
            `${protocol} @${k}`,
          )
        );
      }
      // The second query has no hard positive: it is left out, not zero.
      assert.deepEqual(results.map(({ queries }) => queries), [2, 2, 1]);
      assert.equal(results[2]!.averagePrecisions[1], null);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "Regions are kept: interrupted and called again gives the same file, and nothing is computed twice",
  () =>
    Effect.gen(function* () {
      const { oxford, cache, folder } = yield* madeDatasets;
      const dataset = yield* openInstanceDataset("oxford5k", oxford);
      const rmac = yield* rmacDescriptor(yield* madeModel, { size: madeSize });
      const run = (
        into: string,
        report: (event: ProgressEvent) => Effect.Effect<void>,
      ) =>
        evaluateInstance(rmac, dataset, { cache: into }).pipe(
          Effect.provideService(Progress, { report }),
        );
      const filesIn = (path: string) =>
        readdirSync(path).filter((name) => name.endsWith(".f32")).sort()
          .map((name) => [name, readFileSync(join(path, name), "base64")]);

      const whole = join(folder, "whole");
      yield* run(whole, () => Effect.void);
      const killed = yield* Effect.exit(
        run(cache, ({ done }) => done === 5 ? Effect.interrupt : Effect.void),
      );
      assert.ok(Exit.isFailure(killed));
      assert.notDeepEqual(filesIn(cache), filesIn(whole));

      const starts: number[] = [];
      yield* run(cache, ({ done }) => Effect.sync(() => starts.push(done)));
      assert.equal(starts[0], 5);
      assert.deepEqual(filesIn(cache), filesIn(whole));
      const again: number[] = [];
      yield* run(cache, ({ done }) => Effect.sync(() => again.push(done)));
      assert.deepEqual(again, [12, 3]);
    }).pipe(Effect.scoped, Effect.provide(engine)),
);

effectTest(
  "openInstanceDataset() says what a folder lacks",
  () =>
    Effect.gen(function* () {
      const { oxford, paris } = yield* madeDatasets;
      const failure = (name: "oxford5k" | "rparis6k", root: string) =>
        Effect.map(
          Effect.flip(openInstanceDataset(name, root)),
          ({ message }) => message,
        );
      assert.equal(
        yield* failure("rparis6k", paris),
        `Cannot read rparis6k at ${paris} as it must hold gnd_rparis6k.pkl or ` +
          "gnd_rparis6k.json: found neither",
      );
      const lists = join(oxford, "gt");
      const query = join(lists, "all_souls_1_query.txt");
      yield* Effect.promise(() =>
        writeFile(query, "oxc1_all_souls_000000 1 2")
      );
      assert.equal(
        yield* failure("oxford5k", oxford),
        `Cannot read oxford5k at ${query} as it must be one line: ` +
          'NAME xmin ymin xmax ymax: found "oxc1_all_souls_000000 1 2"',
      );
      yield* Effect.promise(() => rm(lists, { recursive: true }));
      assert.equal(
        yield* failure("oxford5k", oxford),
        `Cannot read oxford5k at ${oxford} as it must hold lists such as ` +
          "all_souls_1_query.txt: found none",
      );
    }).pipe(Effect.scoped),
);
