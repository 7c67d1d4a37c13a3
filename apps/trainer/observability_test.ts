import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Layer, Option, Scope } from "effect";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { inProcess, quickSettings } from "./commands_testing.ts";
import { makePictures } from "./killing_testing.ts";
import { layerObservability } from "./observability.ts";

effectTest(
  "train refuses a --prometheus that cannot be written before it makes the run folder",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const [pictures, run] = [join(folder, "pictures"), join(folder, "run")];
      yield* Effect.promise(() => makePictures(pictures, 12));
      const file = join(folder, "none", "figures.prom");
      const { failure } = yield* inProcess(
        ...["train", pictures, "--run", run, "--prometheus", file],
        ...quickSettings,
      );
      assert.match(failure!, /^Cannot write .*none\/figures\.prom as /);
      assert.ok(!existsSync(run));
    }),
);

effectTest(
  "layerObservability() goes on without a file that can no longer be written, and writes it at the end",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "metrics");
      yield* Effect.promise(() => mkdir(folder));
      const file = join(folder, "figures.prom");
      const layer = layerObservability(Option.some(file), Option.none());
      const build = Effect.scoped(Effect.andThen(
        Layer.build(layer),
        Effect.promise(() => rm(folder, { recursive: true })),
      ));
      yield* build;
      assert.ok(!existsSync(folder));
      yield* Effect.promise(() => mkdir(folder));
      const scope = yield* Scope.make();
      yield* Layer.buildWithScope(layer, scope);
      assert.deepEqual(yield* Effect.promise(() => readdir(folder)), [
        "figures.prom",
      ]);
      yield* Effect.promise(() => rm(file));
      yield* Scope.close(scope, yield* Effect.exit(Effect.void));
      assert.equal(
        typeof (yield* Effect.promise(() => readFile(file, "utf8"))),
        "string",
      );
    }),
);
