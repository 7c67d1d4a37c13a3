import * as NodeServices from "@effect/platform-node/NodeServices";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Console, Effect, References } from "effect";
import { Command } from "effect/cli";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compare } from "./commands.ts";

const inProcess = Effect.fnUntraced(function* (...args: readonly string[]) {
  const printed: string[] = [];
  const recording: Console.Console = {
    ...console,
    log: (...words: readonly unknown[]) => void printed.push(words.join(" ")),
  };
  const failure = yield* Command.runWith(yield* compare.load([]), {
    version: "0",
    renderErrors: false,
  })(args).pipe(
    Effect.as(""),
    Effect.catch((error) => Effect.succeed(error.message)),
    Effect.provideService(Console.Console, recording),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provide(NodeServices.layer),
  );
  return { failure, output: printed.join("\n") };
});

/** A run that was made and not begun. */
const madeRun = (folder: string, name: string, seed: number) => {
  const run = join(folder, name);
  mkdirSync(run);
  writeFileSync(
    join(run, "config.json"),
    JSON.stringify({ images: "x", seed, threads: 1, clusters: 5 }),
  );
  writeFileSync(join(run, "run.lock"), "");
  return run;
};

effectTest(
  "compare prints what differs, and writes a page",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const runs = [madeRun(folder, "a", 1), madeRun(folder, "b", 2)];
      const out = join(folder, "page.html");
      const { output, failure } = yield* inProcess(...runs, "--out", out);
      assert.equal(failure, "");
      assert.match(output, /^setting +a +b\n--seed +1 +2\n\n/m);
      assert.match(readFileSync(out, "utf8"), /<h1>a · b<\/h1>/);
      const json = yield* inProcess(...runs, "--json");
      assert.deepEqual(JSON.parse(json.output).settings, [
        { field: "seed", flag: "seed", values: ["1", "2"] },
      ]);
    }),
);

effectTest(
  "compare prints evaluations by protocol, with the baselines first",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const runs = [madeRun(folder, "a", 1), madeRun(folder, "b", 2)];
      const figure = {
        ...{ protocol: "knn, k = 5", split: "given", images: 9, classes: 3 },
        dataIdentity: "a",
        statistic: "top-1 accuracy",
      };
      mkdirSync(join(runs[1]!, "evaluations"));
      writeFileSync(
        join(runs[1]!, "evaluations/0001-all.json"),
        JSON.stringify({
          command: "all",
          data: join(folder, "labelled"),
          epoch: 0,
          figures: [
            { ...figure, model: "pixels", layer: "pixels", value: 0.25 },
            { ...figure, model: "b, epoch 0", layer: "features", value: 0.5 },
          ],
        }),
      );
      const { output } = yield* inProcess(...runs);
      assert.match(
        output,
        new RegExp(
          "^evaluation +pixels +a +b\nknn, k = 5: .*labelled, 9 images of 3 classes, given" +
            "\n +top-1 accuracy, features +0\\.250 +- +0\\.500\n",
          "m",
        ),
      );
    }),
);

effectTest(
  "compare says what it cannot compare, and writes nothing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const run = madeRun(folder, "a", 1);
      const out = join(folder, "page.html");
      const failure = (...args: readonly string[]) =>
        Effect.map(inProcess(...args), ({ failure }) => failure);
      assert.equal(
        yield* failure(run, "--out", out),
        "Cannot compare runs as there must be two to 6 of them: 1 named",
      );
      assert.match(
        yield* failure(run, run, "--out", "page.pdf"),
        /out must be a file whose name ends in \.html: .*page\.pdf$/,
      );
      assert.match(yield* failure(run, folder, "--out", out), /^Cannot .*run/);
      assert.match(yield* failure(run, join(folder, "none")), /^Cannot .*none/);
      assert.ok(!existsSync(out));
      mkdirSync(out);
      assert.match(
        yield* failure(run, run, "--out", out),
        /page\.html as files must not be where folders must be, nor the reverse: .*page\.html is a folder$/,
      );
    }),
);
