import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import process from "node:process";
import { giveWay } from "./program.ts";

effectTest(
  "giveWay() lets a signal through to a program that never waits",
  () =>
    Effect.gen(function* () {
      const rest = giveWay();
      let heard = false;
      process.once("SIGUSR2", () => {
        heard = true;
      });
      // Deno needs a moment to begin to listen.
      yield* Effect.sleep(20);
      process.kill(process.pid, "SIGUSR2");
      for (let run = 0; run < 5 && !heard; run++) {
        yield* rest;
        const end = performance.now() + 100;
        while (performance.now() < end);
      }
      assert.ok(heard);
    }),
);
