import {
  curate,
  loadCuration,
  openSearchIndex,
  saveCuration,
} from "@deepcluster/retrieval";
import { readAssignments } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { inProcess, madeRun } from "./commands_testing.ts";

const rowsOf = (path: string) =>
  Effect.promise(async () =>
    (await readFile(path, "utf8")).trimEnd().split("\n")
      .map((line) => JSON.parse(line))
  );

effectTest(
  "clusters RUN gives tables, a folder of links for each cluster and sheets, of exactly the run's clusters",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const out = join(folder, "out");
      const { failure, output } = yield* inProcess(
        ...["clusters", run, "--out", out, "--format", "jsonl", "--sheets"],
      );
      assert.equal(failure, undefined);
      const { paths, clusters } = yield* readAssignments(folderStore(run), 2);
      const images = yield* rowsOf(join(out, "images.jsonl"));
      assert.deepEqual(
        new Map(images.map(({ path, cluster }) => [path, cluster])),
        new Map(paths.map((path, i) => [join(pictures, path), clusters[i]])),
      );
      const present = new Set(clusters);
      const rows = yield* rowsOf(join(out, "clusters.jsonl"));
      assert.equal(rows.length, present.size);
      for (const { cluster, folder, size } of rows) {
        const names = yield* Effect.promise(() => readdir(join(out, folder)));
        assert.equal(names.length, size);
        const first = yield* Effect.promise(() =>
          realpath(join(out, folder, names[0]!))
        );
        const name = paths.findIndex((path) => first.endsWith(`/${path}`));
        assert.equal(clusters[name], cluster);
        const sheet = join(out, "sheets", `${cluster}.png`);
        assert.ok((yield* Effect.promise(() => stat(sheet))).size > 1000);
      }
      const line = new RegExp(
        `^cluster ${rows[0].cluster}: ${
          rows[0].size
        } images?, mean distance 0\\.\\d{3}`,
        "m",
      );
      assert.match(output, line);
    }),
);

effectTest(
  "clusters INDEX applies names, merges and dismissals",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const index = join(folder, "index");
      yield* inProcess("index", run, pictures, "--index", index);
      const opened = yield* openSearchIndex(index);
      const sizes = [0, 0, 0];
      for (
        const { vector } of opened.images
      ) sizes[opened.clusters[vector]!]!++;
      const { centroids } = opened;
      let curation = yield* loadCuration(index, centroids);
      curation = yield* curate(curation, 3, 0, { name: "Stripes / wide" });
      curation = yield* curate(curation, 3, 1, { mergedInto: 0 });
      curation = yield* curate(curation, 3, 2, { dismissed: true });
      yield* saveCuration(index, curation);
      const out = join(folder, "out");
      const { failure } = yield* inProcess(
        ...["clusters", index, "--out", out, "--format", "jsonl"],
        ...["--files", "copies"],
      );
      assert.equal(failure, undefined);
      const [row, ...others] = yield* rowsOf(join(out, "clusters.jsonl"));
      assert.deepEqual(others, []);
      assert.deepEqual(
        [row.cluster, row.name, row.size, row.folder],
        [
          0,
          "Stripes / wide",
          sizes[0]! + sizes[1]!,
          "clusters/0 Stripes _ wide",
        ],
      );
      const copies = yield* Effect.promise(() =>
        readdir(join(out, row.folder))
      );
      assert.equal(copies.length, row.size);
    }),
);
