import { Progress, type ProgressEvent } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { enough, most, program } from "./custom_script.ts";
import { temporaryFolder } from "./temporary_testing.ts";
import assert from "node:assert/strict";

effectTest(
  "custom_script.ts learns until its own rule says stop, and its observer sees every phase",
  () =>
    Effect.gen(function* () {
      const seen: ProgressEvent[] = [];
      const observer = Layer.succeed(Progress, {
        report: (event) =>
          Effect.sync(() => {
            if (event.done === event.total) seen.push(event);
          }),
      });
      const reports = yield* Effect.provide(
        program(yield* temporaryFolder),
        observer,
      );

      const agreements = reports.map(({ nmiToPrevious = 0 }) => nmiToPrevious);
      const last = agreements.pop()!;
      assert.ok(
        last >= enough || reports.length === most,
        `stopped at ${last}`,
      );
      assert.ok(agreements.every((nmi) => nmi < enough), `${agreements}`);

      const phases = seen.map(({ phase }) => phase);
      const expected = reports.flatMap(() => ["extract", "cluster", "train"]);
      if (last >= enough) expected.pop();
      assert.deepEqual(phases, expected);

      const losses = seen.filter(({ phase }) => phase === "train")
        .map(({ figures }) => figures!["loss"]!);
      assert.ok(losses.at(-1)! < 0.9 * losses[0]!, `losses ${losses}`);
      // By chance it would be 0.05.
      const { nmiToLabels } = reports.at(-1)!;
      assert.ok(nmiToLabels! > 0.4, `NMI ${nmiToLabels}`);
    }),
);
