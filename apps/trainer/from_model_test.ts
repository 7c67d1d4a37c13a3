import type { Tensors } from "@deepcluster/core";
import { initialise, small } from "@deepcluster/models";
import { folderStore, loadTensors, saveTensors } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import type { CommandResult } from "@deepcluster/test/commands";
import { Effect } from "effect";
import {
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcess } from "./commands_testing.ts";
import { makePictures, resultsOf, runTrainer } from "./killing_testing.ts";
import assert from "node:assert/strict";

const settings = [
  ..."--clusters 3 --pca 4 --batch 4 --extract-batch 4 --dropout 0".split(" "),
  ..."--kmeans-iterations 3 --threads 1 --keep 9".split(" "),
];

/** A folder with pictures. */
const made = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "from-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  const pictures = join(folder, "pictures");
  yield* Effect.promise(() => makePictures(pictures, 12));
  const train = (run: string, ...more: readonly string[]) =>
    inProcess(
      "train",
      pictures,
      "--run",
      join(folder, run),
      ...settings,
      ...more,
    );
  return { folder, pictures, train, at: (path: string) => join(folder, path) };
});

/** Weights of the small net for RGB images of 16 pixels. */
const weights = Effect.map(
  small({ sobel: false, size: 16 }),
  (network) => initialise(network, 77),
);

const saved = (folder: string, tensors: Tensors, metadata = { size: "16" }) =>
  saveTensors(folderStore(folder), "model.safetensors", tensors, metadata);

const tensorsOf = (run: string, path: string) =>
  Effect.map(loadTensors(folderStore(run), path), ({ tensors }) => tensors);

const settingsOf = (run: string) =>
  Effect.promise(async () =>
    JSON.parse(await readFile(join(run, "config.json"), "utf8"))
  );

const succeeded = ({ failure }: CommandResult) =>
  assert.equal(failure, undefined);

const failed = ({ failure }: CommandResult, pattern: RegExp) =>
  assert.match(failure ?? "it did not fail", pattern);

effectTest(
  "train --from FILE has the file's network, input and weights, and a head of its own",
  () =>
    Effect.gen(function* () {
      const { folder, at, train } = yield* made;
      const tensors = yield* weights;
      const { sha256 } = yield* saved(folder, tensors);
      const file = at("model.safetensors");
      succeeded(yield* train("run", "--from", file, "--epochs", "1"));
      const { model, sobel, size, from } = yield* settingsOf(at("run"));
      assert.deepEqual({ model, sobel, size, from }, {
        model: "small",
        sobel: false,
        size: 16,
        from: { path: file, sha256 },
      });
      const first = "checkpoints/epoch-0000.safetensors";
      assert.deepEqual(yield* tensorsOf(at("run"), first), tensors);
      const { output } = yield* inProcess("status", at("run"));
      assert.match(
        output,
        /^small on .*pictures, from .*model\.safetensors: fin/,
      );
    }),
);

effectTest(
  "train --from RUN goes on from the features of that run",
  () =>
    Effect.gen(function* () {
      const { at, train } = yield* made;
      const network = ["--network", "small", "--no-sobel", "--size", "16"];
      succeeded(yield* train("one", ...network, "--epochs", "3"));
      const from = ["--from", at("one"), "--epochs", "1"];
      succeeded(yield* train("two", ...from, "--from-epoch", "2"));
      succeeded(yield* train("newest", ...from));
      const clustered = "clusters/epoch-0003.safetensors";
      const before = yield* tensorsOf(at("one"), clustered);
      const after = yield* tensorsOf(
        at("two"),
        "clusters/epoch-0001.safetensors",
      );
      // Mean and variances of the features before any training.
      assert.deepEqual(after["mean"], before["mean"]);
      assert.deepEqual(after["eigenvalues"], before["eigenvalues"]);
      const { from: newest } = yield* settingsOf(at("newest"));
      assert.match(newest.path, /one\/checkpoints\/epoch-0003\.safetensors$/);
    }),
);

effectTest(
  "train --from refuses what does not fit, names both, and makes no folder",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, at, train } = yield* made;
      const tensors = yield* weights;
      yield* saved(folder, tensors);
      const from = ["--from", at("model.safetensors")];
      const refusals = [
        [
          ["--network", "vgg16"],
          /it holds small, the run has --network vgg16$/,
        ],
        [["--preset", "small-emoji"], /it sees RGB, the run has --sobel$/],
        [
          ["--size", "64"],
          /they fit \d+ to \d+ pixels, the run has --size 64$/,
        ],
        [["--from-epoch", "1"], /--from-epoch needs a run folder/],
        [["--from", at("nothing")], /nothing as the path must exist/],
        [["--from", pictures], /a run must hold config\.json/],
        [["--from", at("pictures/picture-1.png")], /must be .*safetensors/],
      ] as const;
      for (const [flags, pattern] of refusals) {
        const start = flags[0] === "--from" ? flags : [...from, ...flags];
        failed(yield* train("run", ...start), pattern);
      }
      yield* Effect.promise(() =>
        writeFile(at("conv5.ONNX"), "\x08\x07\x12\x07pytorch\x1a\x051.13.")
      );
      failed(
        yield* train("run", "--from", at("conv5.ONNX")),
        /an ONNX model/,
      );
      failed(yield* train("run", "--from-epoch", "3"), /needs --from RUN/);

      const wide = yield* small({
        sobel: false,
        size: 16,
        channels: [8, 8, 8, 8],
        units: [16, 16],
      });
      yield* saved(folder, initialise(wide, 1));
      failed(
        yield* train("run", ...from),
        /features\.0\.weight has shape \[8,3,\d,\d\], in the run's small \[/,
      );
      tensors["features.0.weight"]!.data[5] = NaN;
      yield* saved(folder, tensors);
      failed(
        yield* train("run", ...from),
        /parameters must be finite: features\.0\.weight has 1 of /,
      );
      const left = yield* Effect.promise(() => readdir(folder));
      assert.ok(!left.includes("run"), left.join());
    }),
);

effectTest(
  "a run --from a file killed before and after its first checkpoint ends with the same bytes",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, at, train } = yield* made;
      yield* saved(folder, yield* weights);
      const file = at("model.safetensors");
      const from = ["--from", file, "--epochs", "1"];
      succeeded(yield* train("never", ...from));
      const start = [
        "train",
        pictures,
        "--run",
        at("run"),
        ...settings,
        ...from,
      ];
      const kill = (phase: string, args: readonly string[]) =>
        Effect.promise(() => runTrainer(args, { phase, afterMs: 0 }));
      const first = yield* kill("survey", start);
      assert.ok(first.killed, first.log);

      const text = yield* Effect.promise(() => readFile(file));
      yield* Effect.promise(() =>
        writeFile(file, text.fill(7, text.length - 4))
      );
      failed(
        yield* inProcess("resume", at("run")),
        /must be the file that the run's settings name: sha256 [0-9a-f]{64} inst/,
      );
      yield* saved(folder, yield* weights);
      const second = yield* kill("epoch 1 extract", ["resume", at("run")]);
      assert.ok(second.killed, second.log);
      yield* Effect.promise(() => rename(file, at("elsewhere")));
      succeeded(yield* inProcess("resume", at("run"), "--keep", "9"));
      assert.deepEqual(
        yield* Effect.promise(() => resultsOf(at("run"))),
        yield* Effect.promise(() => resultsOf(at("never"))),
      );
    }),
);
