import { effectTest } from "@deepcluster/test";
import type { CommandResult } from "@deepcluster/test/commands";
import { Effect } from "effect";
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcess } from "./commands_testing.ts";
import { makePictures, resultsOf } from "./killing_testing.ts";
import assert from "node:assert/strict";

const settings = [
  ..."--network small --size 16 --no-sobel --clusters 3 --pca 4 --batch 4"
    .split(" "),
  ..."--extract-batch 4 --kmeans-iterations 3 --threads 1".split(" "),
];

/** A folder with pictures, and a run of an epoch on them. */
const trained = Effect.fnUntraced(function* (
  images: (folder: string) => Promise<string>,
) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "elsewhere-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  yield* Effect.promise(() => makePictures(join(folder, "pictures"), 12));
  const source = yield* Effect.promise(() => images(folder));
  const run = join(folder, "run");
  const train = (at: string, epochs: number) =>
    inProcess(
      "train",
      source,
      "--run",
      at,
      ...settings,
      "--epochs",
      `${epochs}`,
    );
  succeeded(yield* train(run, 1));
  return { folder, run, source, train };
});

const inFolder = (folder: string) => Promise.resolve(join(folder, "pictures"));

/** With absolute paths, outside the folder of the images. */
const inList = async (folder: string) => {
  const list = join(folder, "list.txt");
  await writeFile(list, listed(join(folder, "pictures")));
  return list;
};

const listed = (pictures: string) =>
  Array.from({ length: 12 }, (_, i) => join(pictures, `picture-${i}.png`))
    .join("\n");

const succeeded = ({ failure }: CommandResult) =>
  assert.equal(failure, undefined);

const failed = ({ failure }: CommandResult, pattern: RegExp) =>
  assert.match(failure ?? "it did not fail", pattern);

const imagesOf = (run: string) =>
  Effect.promise(async () =>
    JSON.parse(await readFile(join(run, "config.json"), "utf8")).images
  );

effectTest(
  "resume --images goes on where the images lie now, and remembers it",
  () =>
    Effect.gen(function* () {
      const { folder, run, source, train } = yield* trained(inFolder);
      const never = join(folder, "never");
      succeeded(yield* train(never, 2));
      const place = join(folder, "moved pictures");
      yield* Effect.promise(() => rename(source, place));
      failed(
        yield* inProcess("resume", run),
        /path must exist.*\nIf the images were moved.*resume .* --images NEW$/s,
      );
      const longer = ["--epochs", "2"];
      succeeded(yield* inProcess("resume", run, "--images", place, ...longer));
      assert.equal(yield* imagesOf(run), place);
      assert.deepEqual(
        yield* Effect.promise(() => resultsOf(run)),
        yield* Effect.promise(() => resultsOf(never)),
      );
      succeeded(yield* inProcess("resume", run));
      const { output } = yield* inProcess("status", run);
      assert.match(output, /moved pictures.*finished\n2 of 2 epochs/);
    }),
);

effectTest(
  "resume --images takes a list of absolute paths to the new place, and keeps the names that the run began with",
  () =>
    Effect.gen(function* () {
      const { folder, run, train } = yield* trained(inList);
      const never = join(folder, "never");
      succeeded(yield* train(never, 3));
      const moved = join(folder, "lists", "new.txt");
      yield* Effect.promise(async () => {
        await rename(join(folder, "pictures"), join(folder, "moved"));
        await mkdir(join(folder, "lists"));
        await writeFile(moved, listed(join(folder, "moved")));
      });
      const resume = ["resume", run, "--images", moved, "--epochs"];
      for (const epochs of ["2", "3"]) {
        succeeded(yield* inProcess(...resume, epochs));
      }
      assert.deepEqual(
        yield* Effect.promise(() => resultsOf(run)),
        yield* Effect.promise(() => resultsOf(never)),
      );
      const lines = listed(join(folder, "moved")).split("\n");
      yield* Effect.promise(() =>
        writeFile(moved, lines.toReversed().join("\n"))
      );
      failed(
        yield* inProcess(...resume, "3"),
        /the first that differs is .* \(the same images in another order\)/,
      );
    }),
);

effectTest(
  "resume --images refuses other images by the first that differs, and remembers nothing",
  () =>
    Effect.gen(function* () {
      const { folder, run, source } = yield* trained(inFolder);
      const other = join(folder, "others");
      yield* Effect.promise(() => cp(source, other, { recursive: true }));
      yield* Effect.promise(() => rm(join(other, "picture-5.png")));
      failed(
        yield* inProcess("resume", run, "--images", other),
        /others had 12 images and has 11; .* is picture-5\.png \(gone\)$/,
      );
      yield* Effect.promise(() =>
        copyFile(join(source, "picture-4.png"), join(other, "picture-5.png"))
      );
      failed(
        yield* inProcess("resume", run, "--images", other),
        /the first that differs is picture-5\.png \(other content\)$/,
      );
      const nowhere = join(folder, "nowhere");
      failed(
        yield* inProcess("resume", run, "--images", nowhere),
        /path must exist: current value is path=.*nowhere$/,
      );
      assert.equal(yield* imagesOf(run), source);
    }),
);

effectTest(
  "config.json may be edited to where the images lie, and to nothing else",
  () =>
    Effect.gen(function* () {
      const { folder, run, source } = yield* trained(inFolder);
      const config = join(run, "config.json");
      const text = yield* Effect.promise(() => readFile(config, "utf8"));
      const edit = (from: string, to: string) =>
        Effect.promise(() => writeFile(config, text.replace(from, to)));
      const moved = join(folder, "moved");
      yield* Effect.promise(() => rename(source, moved));
      yield* edit(source, moved);
      succeeded(yield* inProcess("resume", run));
      yield* edit(`"seed": 31`, `"seed": 32`);
      failed(
        yield* inProcess("resume", run, "--images", moved),
        /settings must be those .*\n {2}seed: 31, now 32$/s,
      );
    }),
);

effectTest(
  "resume --epochs makes a run longer, and never shorter",
  () =>
    Effect.gen(function* () {
      const { folder, run, train } = yield* trained(inFolder);
      const never = join(folder, "never");
      succeeded(yield* train(never, 4));
      for (const epochs of ["2", "4"]) {
        succeeded(yield* inProcess("resume", run, "--epochs", epochs));
      }
      assert.deepEqual(
        yield* Effect.promise(() => resultsOf(run)),
        yield* Effect.promise(() => resultsOf(never)),
      );
      const { output } = yield* inProcess("status", run);
      assert.match(output, /finished\n4 of 4 epochs/);
      failed(
        yield* inProcess("resume", run, "--epochs", "3"),
        /run as --epochs must be at least the run's own: --epochs 3, the run has 4$/,
      );
      const config = join(run, "config.json");
      const text = yield* Effect.promise(() => readFile(config, "utf8"));
      yield* Effect.promise(() =>
        writeFile(config, text.replace(`"epochs": 4`, `"epochs": 2`))
      );
      failed(yield* inProcess("resume", run), /--epochs 2, the run has 4$/);
    }),
);
