import { draws, matrix, rowsOf } from "@deepcluster/core";
import { writeNpy } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inProcess } from "./commands_testing.ts";

/** 240 rows around eight means. */
const groups = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const { normal } = draws(1, "groups");
  const data = Float32Array.from(
    { length: 240 * 10 },
    (_, at) => (Math.floor(at / 10) % 8 === at % 10 ? 9 : 0) + normal(),
  );
  const features = join(folder, "f.npy");
  yield* writeNpy(features, rowsOf(matrix(240, 10, data)));
  const paths = Array.from({ length: 240 }, (_, row) => `p${row}.png`);
  writeFileSync(join(folder, "f.paths.txt"), paths.join("\n") + "\n");
  const labels = join(folder, "labels.csv");
  writeFileSync(
    labels,
    ["path,label", ...paths.map((path, row) => `${path},c${row % 8}`)]
      .join("\n"),
  );
  const cache = join(folder, "cache");
  const choose = (...flags: string[]) =>
    inProcess("choose-clusters", features, "--cache", cache, ...flags);
  return { folder, features, labels, cache, choose };
});

const quick = ["--clusters", "4,6,8,12,20", "--draws", "2", "--threads", "1"];

effectTest(
  "choose-clusters finds made groups, in words and figures",
  () =>
    Effect.gen(function* () {
      const { choose, folder, labels } = yield* groups;
      const out = join(folder, "page.html");
      const { output } = yield* choose(
        ...quick,
        "--labels",
        labels,
        "--out",
        out,
      );
      assert.match(output, /^clusters {2}agreement .* purity$/m);
      assert.match(output, /^ {7}8 .* 1\.00 {4}1\.00$/m);
      assert.match(output, /Groups to look at: about 8\b/);
      assert.match(output, /Features to learn: about 4 clusters, 60 images/);
      const page = readFileSync(out, "utf8");
      assert.match(page, /Groups to look at: about 8\b/);
      assert.match(
        page,
        /Agreement with labels, which the advice does not use/,
      );
    }),
);

effectTest(
  "choose-clusters computes no clustering twice, and prints the same",
  () =>
    Effect.gen(function* () {
      const { choose, cache } = yield* groups;
      const files = () =>
        readdirSync(cache, { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".safetensors"))
          .map((name) => [name, statSync(join(cache, name)).mtimeMs]).sort();
      const first = yield* choose("--json", ...quick);
      const kept = files();
      assert.equal(kept.length, 20);
      const again = yield* choose("--json", ...quick);
      assert.deepEqual([again.output, files()], [first.output, kept]);
      const more = yield* choose(
        "--json",
        ...quick.slice(2),
        "--clusters",
        "4,8,10",
      );
      assert.equal(files().length, 24);
      const { sweep } = JSON.parse(more.output);
      assert.deepEqual(sweep[0], JSON.parse(first.output).sweep[0]);
      yield* choose("--json", ...quick, "--seed", "7");
      assert.equal(files().length, 44);
    }),
);

effectTest(
  "choose-clusters on a sample counts all images for its advice",
  () =>
    Effect.gen(function* () {
      const { choose } = yield* groups;
      const { output } = yield* choose("--json", "--sample", "100", ...quick);
      const { images, sampled, advice } = JSON.parse(output);
      assert.deepEqual([images, sampled], [240, 100]);
      assert.equal(advice.learning.clusters, 4);
    }),
);

effectTest(
  "choose-clusters says what it cannot do",
  () =>
    Effect.gen(function* () {
      const { choose, folder } = yield* groups;
      const failure = (...flags: string[]) =>
        Effect.map(choose(...flags), ({ failure }) => failure ?? "");
      assert.equal(
        yield* failure("--clusters", "2,193"),
        "Cannot choose a number of clusters as --clusters must be at most 0.8 " +
          "times the number of images, 192: 193 clusters, 240 images",
      );
      assert.match(
        yield* failure("--sample", "30"),
        /as there must be at least 40 images: 30 images$/,
      );
      const one = join(folder, "one.npy");
      yield* writeNpy(one, rowsOf(matrix(1, 10)));
      const ofOne = Effect.fnUntraced(function* (...flags: string[]) {
        const { failure = "" } = yield* inProcess(
          ...["choose-clusters", one, "--cache", join(folder, "cache")],
          ...flags,
        );
        return failure.replace("Cannot choose a number of clusters as ", "");
      });
      assert.equal(
        yield* ofOne(),
        "there must be at least 40 images: 1 image",
      );
      assert.equal(
        yield* ofOne("--clusters", "2"),
        "--clusters must be at most 0.8 times the number of images, 0: " +
          "2 clusters, 1 image",
      );
      assert.match(
        yield* failure("--out", "x.pdf"),
        /out must be a file whose name ends in \.html: .*x\.pdf$/,
      );
      const other = join(folder, "other.csv");
      writeFileSync(other, "path,label\nq.png,a\n");
      assert.match(yield* failure("--labels", other), /no path of .*f\.paths/);
    }),
);
