import {
  cluster,
  evaluate,
  features,
  model,
} from "@deepcluster/evaluator/commands";
import { retrieve } from "@deepcluster/retrieval-app/commands";
import type { LazyCommand } from "@deepcluster/terminal";
import { effectTest, temporaryFolder, vocFolder } from "@deepcluster/test";
import { runInProcess } from "@deepcluster/test/commands";
import { chooseClusters } from "@deepcluster/trainer/commands";
import { compare, visualise } from "@deepcluster/viewer/commands";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
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

/** Command lines, without the flag that says where the result goes. */
const writers: readonly [LazyCommand, string, string][] = [
  [compare, "none none", "--out a.html"],
  [chooseClusters, "none", "--out a.html"],
  [visualise, "filters none", "--out a"],
  [visualise, "clusters none", "--out a"],
  [visualise, "top-images none none", "--out a"],
  [visualise, "gradient-ascent none", "--out a"],
  [cluster, "none.npy --clusters 2", "--out a"],
  [features, "random none --network small --size 16", "--out a.npy"],
  [model, "import none", "--out a.safetensors"],
  [model, "export none --format onnx", "--out a.onnx"],
  [evaluate, "linear none none", "--out a.html"],
  [evaluate, "knn none none", "--out a.md"],
  [evaluate, "nmi none none", "--out a.json"],
  [evaluate, "low-shot none none", "--out a.json"],
  [evaluate, "all none none", "--out a.json"],
  [evaluate, "voc-classification none none", "--out a.json"],
  [retrieve, "query none none", "--sheet a.png"],
  [retrieve, "assign none none", "--out a.csv"],
  [retrieve, "clusters none", "--out a"],
  [retrieve, "pick none 3", "--out a.csv"],
  [retrieve, "pick none 3", "--sheet a.png"],
  [retrieve, "leaks none none", "--out a.csv"],
  [retrieve, "leaks none none", "--sheet a.png"],
  [retrieve, "outliers none", "--out a.jsonl"],
  [retrieve, "outliers none", "--sheet a.png"],
  [retrieve, "duplicates none", "--out a.txt"],
  [retrieve, "duplicates none", "--sheet a.png"],
  [retrieve, "disagreements none --labels none", "--out a.csv"],
  [retrieve, "disagreements none --labels none", "--sheet a.png"],
];

for (const [command, args, out] of writers) {
  const [flag, name] = out.split(" ") as [string, string];
  effectTest(
    `${command.name} ${args} ${flag} refuses what cannot be written before it opens its input`,
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder;
        const file = join(folder, "file");
        writeFileSync(file, "");
        const path = join(file, name);
        const words = args.replaceAll("none", join(folder, "none")).split(" ");
        const { failure } = yield* runInProcess(command, [
          ...words,
          flag,
          path,
        ]);
        assert.equal(
          failure,
          `Cannot write ${path} as files must not be where folders must be, ` +
            `nor the reverse: ${file} is a file`,
        );
        assert.deepEqual(readdirSync(folder), ["file"]);
      }),
  );
}

for (const [command, args, out] of writers) {
  const [flag] = out.split(" ") as [string];
  effectTest(
    `${command.name} ${args} ${flag} refuses each of its inputs, by whatever path`,
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder;
        const link = join(folder, "link");
        const words = args.split(" ");
        const inputs = words.filter((word) => word.startsWith("none"));
        for (const [i, word] of words.entries()) {
          if (!word.startsWith("none")) continue;
          const input = join(folder, `${i}`);
          writeFileSync(input, word);
          const others = words.map((word) =>
            word.replace("none", `${folder}/n`)
          );
          const line = others.with(i, input);
          const name = flag.slice(2);
          const refusal = `Cannot write the result as ${name} must be a path ` +
            `that the command does not read: current value is ${name}=`;
          const same = yield* runInProcess(command, [...line, flag, input]);
          assert.equal(same.failure, refusal + input);
          symlinkSync(input, link);
          const linked = yield* runInProcess(command, [...line, flag, link]);
          assert.equal(linked.failure, `${refusal}${link}, which is ${input}`);
          assert.ok(lstatSync(link).isSymbolicLink());
          unlinkSync(link);
          assert.equal(readFileSync(input, "utf8"), word);
        }
        assert.equal(readdirSync(folder).length, inputs.length);
      }),
  );
}
