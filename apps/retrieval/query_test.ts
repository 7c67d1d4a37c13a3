import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { inProcess, madeRun } from "./commands_testing.ts";
import { percentileInWords } from "./query_text.ts";

/** An index of the pictures of a run, one of them there twice. */
const madeIndex = Effect.gen(function* () {
  const made = yield* madeRun;
  const { folder, pictures, run } = made;
  yield* Effect.promise(() =>
    copyFile(join(pictures, "3.png"), join(pictures, "again.png"))
  );
  const index = join(folder, "index");
  const { failure } = yield* inProcess(
    "index",
    run,
    pictures,
    "--index",
    index,
  );
  assert.equal(failure, undefined);
  return { ...made, index };
});

effectTest(
  "query finds the image itself first, with its copy, cluster and percentile, and draws a sheet",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const own = join(pictures, "3.png");
      const sheet = join(folder, "sheet.png");
      const { output, failure } = yield* inProcess(
        ...["query", index, own, "--top", "4", "--json", "--sheet", sheet],
      );
      assert.equal(failure, undefined);
      const { query, search, results } = JSON.parse(output);
      assert.deepEqual([query.path, query.width, query.height], [own, 20, 20]);
      assert.deepEqual(search, { kind: "exact" });
      assert.equal(results.length, 4);
      const [first] = results;
      assert.equal(first.rank, 1);
      assert.equal(first.file, own);
      assert.equal(first.copies[0].file, join(pictures, "again.png"));
      assert.equal(first.cluster, query.cluster);
      assert.ok(Math.abs(first.score - 1) < 1e-5);
      assert.ok(first.percentile > 0.99);
      const { width, height } = yield* Effect.promise(() =>
        sharp(sheet).metadata()
      );
      assert.ok(width > 5 * 144 && height > 144);

      const text = yield* inProcess("query", index, own, "--top", "2");
      const [head, line, copy] = text.output.split("\n");
      assert.match(
        head!,
        /3\.png, cluster \d+ \(distance [\d.]+\): 2 results of \d+ vectors \(exact\)$/,
      );
      assert.match(
        line!,
        /^1 +1\.0000 +nearer than .* random pairs? +cluster \d+ +.*3\.png$/,
      );
      assert.match(copy!, /^ {4}same image: .*again\.png$/);

      const high = yield* inProcess(
        ...["query", index, own, "--min-score", "0.99999", "--json"],
      );
      assert.equal(JSON.parse(high.output).results.length, 1);
    }),
);

effectTest(
  "query by a box finds the picture that the box shows",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const scene = join(folder, "scene.png");
      yield* Effect.promise(async () => {
        const input = await readFile(join(pictures, "5.png"));
        const create = { width: 60, height: 50, channels: 3 as const };
        await sharp({ create: { ...create, background: "#777777" } })
          .composite([{ input, left: 30, top: 10 }]).png().toFile(scene);
      });
      const { output } = yield* inProcess(
        ...["query", index, scene, "--box", "30,10,20,20", "--json"],
      );
      const { query, results } = JSON.parse(output);
      assert.deepEqual(query.box, [30, 10, 20, 20]);
      assert.equal(results[0].file, join(pictures, "5.png"));
      assert.ok(results[0].score > 0.9999);
      const outside = yield* inProcess(
        ...["query", index, scene, "--box", "70,10,20,20"],
      );
      assert.match(outside.failure!, /within the 60 x 50 pixels/);
    }),
);

effectTest(
  "query by a graph says how good it is, and goes on behind an image that cannot be read",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const broken = join(folder, "broken.png");
      yield* Effect.promise(() => writeFile(broken, "nothing"));
      const { output, failure } = yield* inProcess(
        ...["query", index, broken, join(pictures, "1.png")],
        ...["--approximate", "--json"],
      );
      const { search, results } = JSON.parse(output);
      assert.equal(search.kind, "approximate");
      assert.equal(search.recall, 1);
      assert.equal(results[0].file, join(pictures, "1.png"));
      assert.equal(
        failure,
        "Cannot search for every image as all must be readable: 1 of 2 could " +
          "not be read; the reasons are above",
      );
    }),
);

effectTest(
  "query refuses both kinds of search, a box of several images, a sheet that is no PNG, and what is no index",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const own = join(pictures, "1.png");
      const refusal = (...args: readonly string[]) =>
        Effect.map(inProcess("query", ...args), ({ failure }) => failure!);
      assert.match(
        yield* refusal(index, own, "--exact", "--approximate"),
        /only one of --exact and --approximate may be given/,
      );
      assert.match(
        yield* refusal(index, pictures, "--box", "1,1,2,2"),
        /--box must come with a single image: 17 images are named/,
      );
      assert.match(
        yield* refusal(index, own, "--sheet", "found.jpg"),
        /must be a file ending in \.png/,
      );
      const sheet = join(folder, "sheet.png");
      const many = new Array<string>(9).fill(pictures);
      const { output, failure } = yield* inProcess(
        ...["query", index, ...many, "--top", "9", "--sheet", sheet],
      );
      assert.match(
        failure!,
        /--sheet must have at most 32767 pixels down; search for fewer images, or lower --top: \d+ pixels for 153 images with 9 results each/,
      );
      assert.equal(output, "");
      assert.match(yield* refusal(folder, own), /settings\.json/);
    }),
);

Deno.test("percentileInWords() never rounds up", () => {
  assert.equal(
    percentileInWords(0.99999),
    "nearer than 99.99 % of random pairs",
  );
  assert.equal(percentileInWords(1), "nearer than every random pair");
  assert.equal(percentileInWords(0), "nearer than 0.00 % of random pairs");
});
