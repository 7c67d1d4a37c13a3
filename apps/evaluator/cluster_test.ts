import { parseHistory } from "@deepcluster/clustering";
import { draws, matrix, rowsOf } from "@deepcluster/core";
import { folderStore, loadTensors, writeNpy } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runEvaluator } from "./commands_testing.ts";
import assert from "node:assert/strict";

const cluster = (
  args: readonly string[],
  watch?: Parameters<typeof runEvaluator>[2],
) =>
  Effect.promise(() =>
    runEvaluator([...args, "--threads", "1"], "cluster_main.ts", watch)
  );

/** Points about two others, in turn. */
const twoGroups = Effect.fnUntraced(function* (rows: number) {
  const folder = yield* temporaryFolder;
  const points = matrix(rows, 3);
  const noise = draws(1, "noise");
  points.data.forEach((_, i) => {
    points.data[i] = 10 * (Math.floor(i / 3) % 2) + noise.uniform();
  });
  yield* writeNpy(join(folder, "f.npy"), rowsOf(points));
  return { folder, path: join(folder, "f.npy") };
});

const filesOf = (folder: string) =>
  readdirSync(folder).sort().map((name) =>
    [name, readFileSync(join(folder, name)).toString("base64")] as const
  );

effectTest(
  "cluster finds the groups of a .npy file, names its rows, and writes the " +
    "same bytes for the same seed",
  () =>
    Effect.gen(function* () {
      const { folder, path } = yield* twoGroups(80);
      const names = Array.from({ length: 80 }, (_, i) => `image ${i}.png`);
      writeFileSync(join(folder, "f.paths.txt"), names.join("\n"));
      const run = (out: string, ...flags: string[]) =>
        cluster([
          path,
          "--clusters",
          "2",
          "--out",
          join(folder, out),
          ...flags,
        ]);
      const first = yield* run("a", "--json", "--seed", "3");
      assert.equal(first.code, 0, first.log);
      const { settings, report } = JSON.parse(first.output);
      assert.deepEqual(
        [settings.pca, settings.seed, report.points, report.dimensions],
        [256, 3, 80, 3],
      );
      const shownLoss = /cluster: 20\/20.*loss (\S+)$/m.exec(first.log)?.[1];
      assert.equal(shownLoss, (report.loss / 80).toPrecision(3));
      const table = readFileSync(join(folder, "a/assignments.tsv"), "utf8");
      const [header, ...rows] = table.trimEnd().split("\n");
      assert.equal(header, "path\tcluster\tdistance");
      const cells = rows.map((row) => row.split("\t"));
      assert.deepEqual(cells.map(([name]) => name), names);
      assert.notEqual(cells[0]![1], cells[1]![1]);
      cells.forEach(([, found], i) => assert.equal(found, cells[i % 2]![1]));
      const npy = readFileSync(join(folder, "a/assignments.npy")).subarray(128);
      assert.deepEqual(
        cells.map(([, found]) => Number(found)),
        cells.map((_, i) => npy.readInt32LE(4 * i)),
      );

      yield* run("b", "--seed", "3");
      assert.deepEqual(filesOf(join(folder, "b")), filesOf(join(folder, "a")));
      assert.deepEqual(readdirSync(folder).sort(), [
        "a",
        "b",
        "f.npy",
        "f.paths.txt",
      ]);
      assert.deepEqual(readdirSync(join(folder, "a")).sort(), [
        "assignments.npy",
        "assignments.tsv",
        "centroids.npy",
        "mean.npy",
        "projection.npy",
        "report.json",
        "settings.json",
      ]);

      const plain = yield* run("c", "--no-pca");
      assert.match(plain.output, /^80 rows of 3 dimensions in 2 clusters, /);
      assert.ok(!existsSync(join(folder, "c/projection.npy")));
    }).pipe(Effect.scoped),
);

effectTest(
  "cluster that is stopped or killed leaves no folder, and resumes to the " +
    "bytes of one that was not",
  () =>
    Effect.gen(function* () {
      const { folder, path } = yield* twoGroups(60_000);
      const run = (
        out: string,
        stop?: { signal: "SIGINT" | "SIGKILL"; afterMs: number },
      ) =>
        cluster(
          [path, "--no-pca", "--clusters", "400", "--iterations", "150"]
            .concat("--out", join(folder, out)),
          (child, log) => {
            if (stop && log.includes("cluster: 0/150")) {
              setTimeout(() => child.kill(stop.signal), stop.afterMs);
            }
          },
        );
      const stopped = Effect.fnUntraced(function* (
        stop: { signal: "SIGINT" | "SIGKILL"; afterMs: number },
      ) {
        const { code, log } = yield* run("a", stop);
        assert.notEqual(code, 0, log);
        assert.ok(!existsSync(join(folder, "a")), "nothing half-written");
      });
      const savedIterations = Effect.gen(function* () {
        const store = folderStore(join(folder, ".a.partial"));
        const { metadata } = yield* loadTensors(store, "state.safetensors");
        return parseHistory(metadata["history"]!).length;
      });
      yield* stopped({ signal: "SIGKILL", afterMs: 200 });
      let afterMs = 200;
      yield* stopped({ signal: "SIGINT", afterMs });
      // On a busy machine the first iteration may take longer.
      while ((yield* savedIterations) === 0) {
        yield* stopped({ signal: "SIGINT", afterMs: afterMs *= 2 });
      }
      const resumed = yield* run("a");
      assert.equal(resumed.code, 0, resumed.log);
      assert.match(resumed.log, /Resumed after [1-9]\d* iterations/);
      yield* run("b");
      assert.deepEqual(filesOf(join(folder, "a")), filesOf(join(folder, "b")));
      assert.deepEqual(readdirSync(folder).sort(), ["a", "b", "f.npy"]);
    }).pipe(Effect.scoped),
);

effectTest(
  "cluster refuses what cannot be clustered, in one line",
  () =>
    Effect.gen(function* () {
      const { folder, path } = yield* twoGroups(5);
      const out = join(folder, "out");
      writeFileSync(join(folder, "names.txt"), "a\nb\n");
      for (
        const [args, message] of [
          [
            [path, "--clusters", "9"],
            "--clusters must be at most the number of rows: 9 clusters, 5 rows",
          ],
          [
            [path, "--clusters", "2", "--pca", "2", "--no-pca"],
            "--pca and --no-pca exclude each other: --pca 2 --no-pca",
          ],
          [
            [path, "--clusters", "2", "--paths", join(folder, "names.txt")],
            "it must have a line for each of the 5 rows: 2 lines",
          ],
          [
            [join(folder, "names.txt"), "--clusters", "2"],
            'a .npy file must begin with the bytes \\x93NUMPY: "a\\nb\\n"',
          ],
        ] as const
      ) {
        const ended = yield* cluster([...args, "--out", out]);
        assert.equal(ended.code, 1);
        const lines = ended.log.trimEnd().split("\n");
        assert.ok(lines.at(-1)!.endsWith(message), ended.log);
        assert.ok(!existsSync(out));
      }
    }).pipe(Effect.scoped),
);
