import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inProcess, quickSettings } from "./commands_testing.ts";
import { makePictures, resultsOf, runTrainer } from "./killing_testing.ts";

const excluded = [3, 17, 18, 29].map((i) => `picture-${i}.png`);

/** 30 pictures, and a list of 4 of them. */
const pictures = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const images = join(folder, "images");
  yield* Effect.promise(() => makePictures(images, 30));
  const list = join(folder, "held_out.txt");
  writeFileSync(list, excluded.join("\n"));
  return { folder, images, list };
});

effectTest(
  "a run with --exclude learns what it learns without these files; killed " +
    "and resumed without the list, it ends with the same bytes",
  () =>
    Effect.gen(function* () {
      const { folder, images, list } = yield* pictures;
      const run = (name: string) => join(folder, name);
      const train = (name: string, from = images, ...flags: string[]) =>
        ["train", from, "--run", run(name), "--epochs", "2"]
          .concat(quickSettings, flags);
      const ran = (args: readonly string[]) =>
        Effect.promise(async () => {
          const { code, log } = await runTrainer(args);
          assert.equal(code, 0, log);
          return log;
        });

      const log = yield* ran(train("whole", images, "--exclude", list));
      assert.match(log, /Excluded 4 of 30 images/);
      const table = readFileSync(join(run("whole"), "images.tsv"), "utf8");
      assert.equal(table.trimEnd().split("\n").length - 1, 26);
      assert.ok(excluded.every((name) => !table.includes(name)));

      const fewer = join(folder, "fewer");
      cpSync(images, fewer, { recursive: true });
      for (const name of excluded) rmSync(join(fewer, name));
      yield* ran(train("fewer-run", fewer));
      const results = yield* Effect.promise(() => resultsOf(run("whole")));
      const others = yield* Effect.promise(() => resultsOf(run("fewer-run")));
      for (const [path, hash] of Object.entries(results)) {
        if (path.startsWith("assignments/")) assert.equal(others[path], hash);
      }

      const stopped = yield* Effect.promise(() =>
        runTrainer(train("killed", images, "--exclude", list), {
          phase: "epoch 1 train",
          afterMs: 0,
        })
      );
      assert.ok(stopped.killed);
      rmSync(list);
      yield* ran(["resume", run("killed")]);
      assert.deepEqual(
        yield* Effect.promise(() => resultsOf(run("killed"))),
        results,
      );
      const config = JSON.parse(
        readFileSync(join(run("killed"), "config.json"), "utf8"),
      );
      assert.match(config.exclude.sha256, /^[0-9a-f]{64}$/);
    }).pipe(Effect.scoped),
);

effectTest(
  "train and doctor name the first line of --exclude that is no image, and " +
    "leave no run",
  () =>
    Effect.gen(function* () {
      const { folder, images, list } = yield* pictures;
      writeFileSync(list, "picture-3.png\nnone.png\nother.png\n");
      const run = join(folder, "run");
      for (const command of ["train", "doctor"]) {
        const { failure } = yield* inProcess(
          ...[command, images, "--run", run, "--exclude", list],
          ...[...quickSettings, "--epochs", "1"],
        );
        assert.equal(
          failure,
          "Cannot exclude images as every entry must be an image: current " +
            `values are file=${list}, line=2, found=none.png`,
        );
      }
      assert.ok(!existsSync(run));
      const missing = yield* inProcess(
        ...["train", images, "--run", run, "--exclude", join(folder, "no")],
        ...[...quickSettings, "--epochs", "1"],
      );
      assert.match(missing.failure!, /^Cannot open \S+ as the path must exist/);
    }).pipe(Effect.scoped),
);

effectTest(
  "doctor counts the images that --exclude leaves",
  () =>
    Effect.gen(function* () {
      const { images, list } = yield* pictures;
      const { output } = yield* inProcess(
        ...["doctor", images, "--exclude", list, "--json"],
        ...[...quickSettings, "--epochs", "1"],
      );
      assert.equal(JSON.parse(output).run.images, 26);
    }).pipe(Effect.scoped),
);
