import { draws } from "@deepcluster/core";
import { nmi } from "@deepcluster/metrics";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { nmiByChance } from "./chance.ts";
import assert from "node:assert/strict";

effectTest(
  "nmiByChance() is the NMI of random assignments, within a fiftieth",
  () =>
    Effect.gen(function* () {
      for (const [n, k] of [[20000, 2], [1000, 20], [5000, 100], [2000, 200]]) {
        const at = (clustering: number) => {
          const stream = draws(31, "chance", clustering);
          return Int32Array.from({ length: n! }, () => stream.integer(k!));
        };
        let sum = 0;
        for (let i = 0; i < 20; i++) {
          sum += yield* nmi(at(2 * i), at(2 * i + 1));
        }
        const off = Math.abs(nmiByChance(n!, k!) - sum / 20);
        assert.ok(
          off <= 0.02 * sum / 20 + 1e-4,
          `n=${n} k=${k}: ${nmiByChance(n!, k!)} for ${sum / 20}`,
        );
      }
    }),
);
