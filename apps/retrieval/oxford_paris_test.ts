import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { inProcess, madeRun } from "./commands_testing.ts";

/** Six pictures, of which 0 and 1 are alike; a list names one that is not. */
const madeRoot = Effect.gen(function* () {
  const root = yield* temporaryFolder;
  yield* Effect.promise(async () => {
    await mkdir(join(root, "jpg"));
    await mkdir(join(root, "gt"));
    for (let i = 0; i < 6; i++) {
      const data = Uint8Array.from(
        { length: 40 * 30 * 3 },
        (_, at) => at * (3 + (i >> 1) * 5) + (at >> 5) * (i >> 1),
      );
      const raw = { width: 40, height: 30, channels: 3 } as const;
      const bytes = await sharp(data, { raw }).png().toBuffer();
      await writeFile(join(root, "jpg", `a_${i}.jpg`), bytes);
    }
    const lists = {
      query: "oxc1_a_0 1 2 39 28",
      good: "a_0\r\na_1\r\n",
      ok: "a_99\n",
      junk: "a_2\n",
    };
    for (const [kind, text] of Object.entries(lists)) {
      await writeFile(join(root, "gt", `a_1_${kind}.txt`), text);
    }
  });
  return root;
});

effectTest(
  "oxford-paris prints the protocol beside the figure",
  () =>
    Effect.gen(function* () {
      const root = yield* madeRoot;
      const args = [
        "oxford-paris",
        "random",
        root,
        "--dataset=oxford5k",
        `--pca-from=${root}`,
        "--pca-dataset=oxford5k",
        "--pca=8",
        "--network=small",
        "--size=48",
        "--threads=1",
        `--cache=${join(root, "cache")}`,
      ];
      const text = yield* inProcess(...args);
      assert.equal(text.failure, undefined);
      assert.match(text.output, /dataset: +oxford5k: 6 pictures, queries: 1/);
      assert.match(text.output, /model: +random, small, with Sobel filters/);
      assert.match(
        text.output,
        /pca: +8 of 192 dimensions, whitened, learned on/,
      );
      assert.match(text.output, /missing names: +1, which count as not found/);
      // Both positives in front of all others, the third is missing.
      assert.match(
        text.output,
        /^original: mAP 66\.67 \(queries: 1, positives: 3, junk: 1\)$/m,
      );
      const json = JSON.parse((yield* inProcess(...args, "--json")).output);
      assert.equal(json.results[0].meanAveragePrecision.toFixed(4), "0.6667");
      assert.equal(json.protocol["missing names"].slice(0, 1), "1");
    }),
);

effectTest("oxford-paris evaluates a run", () =>
  Effect.gen(function* () {
    const root = yield* madeRoot;
    const { run } = yield* madeRun;
    const { output, failure } = yield* inProcess(
      "oxford-paris",
      run,
      root,
      "--dataset=oxford5k",
      "--size=48",
      "--threads=1",
      `--cache=${join(root, "cache")}`,
    );
    assert.equal(failure, undefined);
    assert.match(output, /model: +run, epoch 2, small, with Sobel filters/);
    assert.match(output, /^original: mAP 66\.67 /m);
  }));

effectTest(
  "oxford-paris refuses pixels, and a folder without the lists",
  () =>
    Effect.gen(function* () {
      const root = yield* madeRoot;
      const fails = (...args: readonly string[]) =>
        Effect.map(
          inProcess("oxford-paris", ...args, "--threads=1"),
          ({ failure }) => failure,
        );
      const cache = `--cache=${join(root, "cache")}`;
      assert.match(
        (yield* fails("pixels", root, "--dataset=oxford5k", cache))!,
        /^Cannot compute R-MAC of pixels as the model must be a network/,
      );
      yield* Effect.promise(() => writeFile(join(root, "a.onnx"), "0"));
      assert.match(
        (yield* fails(
          join(root, "a.onnx"),
          root,
          "--dataset=oxford5k",
          cache,
        ))!,
        /^Cannot compute R-MAC of .*a\.onnx as the model must be a network/,
      );
      assert.match(
        (yield* fails("random", root, "--dataset=roxford5k", cache))!,
        /must hold gnd_roxford5k\.pkl or gnd_roxford5k\.json: found neither$/,
      );
    }),
);
