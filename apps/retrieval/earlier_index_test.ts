import { effectTest } from "@deepcluster/test";
import { runProgram } from "@deepcluster/test/commands";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inProcess, madeRun } from "./commands_testing.ts";

effectTest(
  "an index of another version is searched with a warning, and index refuses it with a way out",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const index = join(folder, "index");
      const update = ["index", run, pictures, "--index", index];
      assert.equal((yield* inProcess(...update)).failure, undefined);
      const query = Effect.promise(() =>
        runProgram(
          new URL("main.ts", import.meta.url),
          ["query", index, join(pictures, "3.png")],
        )
      );
      const own = yield* query;
      assert.equal(own.code, 0, own.log);
      assert.doesNotMatch(own.log, /version/);
      const path = join(index, "settings.json");
      const settings = JSON.parse(
        yield* Effect.promise(() => readFile(path, "utf8")),
      );
      const { features } = settings.descriptor.versions;
      settings.descriptor.versions.features = 1;
      yield* Effect.promise(() => writeFile(path, JSON.stringify(settings)));
      const earlier = yield* query;
      assert.equal(earlier.code, 0, earlier.log);
      assert.equal(earlier.output, own.output);
      assert.ok(
        earlier.log.includes(
          `Another version made the index in ${index} ` +
            `(versions.features: 1, now ${features}): the vectors of images`,
        ),
        earlier.log,
      );
      const { failure = "" } = yield* inProcess(...update);
      assert.ok(
        failure.includes(
          "another version made it, so name another --index (and copy " +
            "curation.json into it, if names of a run's clusters are to " +
            `stay):\n  versions.features: 1, now ${features}`,
        ),
        failure,
      );
    }),
);
