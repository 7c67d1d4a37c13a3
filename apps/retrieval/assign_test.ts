import { readAssignments } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inProcess, madeRun } from "./commands_testing.ts";

effectTest(
  "assign RUN gives the run's own images the run's clusters, writes a table, and fails when an image cannot be read",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const out = join(folder, "clusters.csv");
      const all = yield* inProcess("assign", run, pictures, "--out", out);
      assert.deepEqual(all, { output: "" });
      const { paths, clusters } = yield* readAssignments(folderStore(run), 2);
      const text = yield* Effect.promise(() => readFile(out, "utf8"));
      const [header, ...rows] = text.trimEnd().split("\n");
      assert.equal(header, "path,cluster,distance,unusual,problem");
      const byPath = new Map(
        rows.map((row) => row.split(",")).map((
          [path, ...more],
        ) => [path, more]),
      );
      paths.forEach((path, i) => {
        const [cluster, distance, unusual, problem] = byPath.get(
          join(pictures, path),
        )!;
        assert.equal(cluster, String(clusters[i]));
        assert.ok(Number(distance) >= 0 && Number(distance) <= 2);
        assert.ok(Number(unusual) >= 0 && Number(unusual) < 1);
        assert.equal(problem, "");
      });
      const broken = join(folder, "broken.png");
      yield* Effect.promise(() => writeFile(broken, "nothing"));
      const own = join(pictures, paths[3]!);
      const some = yield* inProcess("assign", run, broken, own, "--json");
      const [first, second] = some.output.split("\n").map((line) =>
        JSON.parse(line)
      );
      assert.match(first.problem, /no image of a known format/);
      assert.equal(second.cluster, clusters[3]);
      assert.equal(
        some.failure,
        "Cannot assign 1 of 2 images as they must be readable; the reasons " +
          "are above",
      );
    }),
);

effectTest(
  "assign refuses what is no run, an epoch without clusters, and a file of another kind",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const refusal = (...args: readonly string[]) =>
        Effect.map(
          inProcess("assign", ...args),
          ({ failure }) => failure ?? "",
        );
      assert.match(
        yield* refusal(pictures, pictures),
        /^Cannot open .*pictures as a run must hold config\.json and run\.lock/,
      );
      assert.match(
        yield* refusal(run, pictures, "--epoch", "7"),
        /intact clusters of epoch 7 and the checkpoint of the epoch before, .*: it holds those of epochs 2, 1$/,
      );
      assert.match(
        yield* refusal(run, pictures, "--out", join(folder, "x.png")),
        /^Cannot write the results as out must be a file ending in \.csv, /,
      );
    }),
);
