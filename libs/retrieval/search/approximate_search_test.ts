import {
  draws,
  type Matrix,
  matrix,
  Progress,
  row,
  rowsOf,
} from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { bytesOf, sha256Of } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Layer, Logger } from "effect";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { normaliseRows } from "../descriptors/normalise_rows.ts";
import { openSearcher } from "./open_searcher.ts";
import { searchReference } from "./reference_search_testing.ts";
import { graphParameters } from "./usearch_graph.ts";

const engine = Layer.orDie(layerOnnx({ provider: "cpu", threads: 1 }));

/** Rows of length 1 around some of them, one row of zeros. */
const clustered = (name: string, n: number, d: number): Matrix => {
  const { normal } = draws(1, name);
  const noise = matrix(n, d, new Float32Array(n * d).map(normal));
  const rows = matrix(n, d);
  for (let i = 0; i < n; i++) {
    row(rows, i).set(
      row(noise, i).map((x, j) => 0.5 * x + row(noise, i % 50)[j]!),
    );
  }
  row(rows, 7).fill(0);
  return normaliseRows(rows);
};

const indexOf = (folder: string, rows: Matrix, live?: Int32Array) => ({
  folder,
  vectors: { ...rowsOf(rows), digest: sha256Of(bytesOf(rows.data)) },
  live: live ?? Int32Array.from({ length: rows.rows }, (_, i) => i),
});

/** Opens approximate search and tells what was logged. */
const open = Effect.fnUntraced(function* (index: ReturnType<typeof indexOf>) {
  const lines: string[] = [];
  const logger = Logger.make(({ message }) => lines.push(String(message)));
  const searcher = yield* openSearcher(index, { mode: "approximate" }).pipe(
    Effect.provide([
      Layer.merge(engine, Progress.layerSilent),
      Logger.layer([logger]),
    ]),
  );
  return { searcher, lines };
});

effectTest(
  "openSearcher() by a graph finds nearly all that are nearest, with exact scores, and no removed row",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const rows = clustered("rows", 3000, 32);
      const live = Int32Array.from({ length: 3000 }, (_, i) => i)
        .filter((i) => i % 5 !== 2);
      const { searcher } = yield* open(indexOf(folder, rows, live));
      assert.equal(searcher.kind, "approximate");
      assert.ok(searcher.recall! > 0.9 && searcher.recall! <= 1);
      const queries = matrix(40, 32, rows.data.slice(100 * 32, 140 * 32));
      const results = yield* searcher.search(queries, 10);
      const liveRows = matrix(live.length, 32);
      live.forEach((from, i) => row(liveRows, i).set(row(rows, from)));
      let hits = 0;
      searchReference(liveRows, queries, 10).forEach((expected, q) => {
        const found = results[q]!;
        assert.equal(found.length, 10);
        for (const { row, score } of found) {
          assert.notEqual(row % 5, 2);
          const at = expected.rows.findIndex((rank) => live[rank] === row);
          if (at === -1) continue;
          hits++;
          assert.equal(score, expected.scores[at]);
        }
      });
      assert.ok(hits > 0.9 * 400, `${hits} of 400`);
      assert.ok(results[0]![0]!.percentile > 0.99);
      const all = yield* searcher.search(queries, 3000);
      assert.equal(all[0]!.length, live.length);
    }).pipe(Effect.scoped),
);

effectTest(
  "openSearcher() keeps the graph, builds it again when it is damaged or of other rows, and always the same",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const rows = clustered("rows", 1200, 16);
      const digest = () =>
        sha256Of(readFileSync(join(folder, "graph.usearch")));
      const first = yield* open(indexOf(folder, rows));
      assert.deepEqual(first.lines, []);
      const built = digest();
      const queries = matrix(2, 16, rows.data.slice(0, 32));
      const results = yield* first.searcher.search(queries, 5);

      const kept = yield* open(indexOf(folder, rows));
      assert.deepEqual(kept.lines, []);
      assert.deepEqual(yield* kept.searcher.search(queries, 5), results);
      assert.equal(kept.searcher.recall, first.searcher.recall);

      const damaged = readFileSync(join(folder, "graph.usearch"));
      damaged[damaged.length >> 1]! ^= 1;
      writeFileSync(join(folder, "graph.usearch"), damaged);
      const { lines } = yield* open(indexOf(folder, rows));
      assert.match(
        lines.join(),
        /^Builds .*graph\.usearch again: it is damaged$/,
      );
      assert.equal(digest(), built);

      const other = clustered("others", 1200, 16);
      const changed = yield* open(indexOf(folder, other));
      assert.match(changed.lines.join(), /again: the index has changed/);
      assert.notEqual(digest(), built);

      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      assert.deepEqual((yield* open(indexOf(folder, rows))).lines, []);
      assert.equal(digest(), built);
      assert.deepEqual(readdirSync(folder).sort(), [
        "graph.json",
        "graph.usearch",
        "random-pairs.json",
      ]);
    }).pipe(Effect.scoped),
);

Deno.test("the parameters of a graph name the version of the library that is pinned", () => {
  const root = new URL("../../../deno.json", import.meta.url);
  const { imports } = JSON.parse(readFileSync(root, "utf8"));
  const version = graphParameters.library.replace("usearch ", "");
  assert.equal(imports.usearch, `npm:usearch@${version}`);
});
