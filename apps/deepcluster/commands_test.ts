import { effectTest, vocFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

effectTest(
  "the program names the options of libs as the evaluator does: a model is an argument, not a flag",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ train: 8, val: 8 });
      const { status, stderr } = spawnSync(
        Deno.execPath(),
        ["run", "-A", main, "evaluate", "voc-classification", "pixels"].concat(
          [folder, "--split", "train"],
        ),
        { encoding: "utf8" },
      );
      assert.match(
        stderr,
        /Cannot fine-tune on VOC as model must be one with convolutions/,
      );
      assert.equal(status, 1);
    }),
);
