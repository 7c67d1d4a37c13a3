import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { whiteningOperations } from "./operations.ts";

effectTest(
  "whiteningOperations() counts the products of each way",
  () =>
    Effect.sync(() => {
      const projections = (d: number) => 4 * d * 256;
      const of = (rows: number, columns: number) =>
        whiteningOperations({ rows, columns, components: 256 }) -
        projections(columns);
      assert.equal(of(20_000, 512), 2 * 512 ** 2);
      assert.equal(of(20_000, 1024), 1024 ** 2);
      assert.equal(of(20_000, 4096), 4 * 4096 * 576);
      assert.equal(of(1_300_000, 4096), 4096 ** 2);
    }),
);
