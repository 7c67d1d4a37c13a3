import * as NodeServices from "@effect/platform-node/NodeServices";
import { effectTest } from "@deepcluster/test";
import { Console, Effect } from "effect";
import { CliError, Command } from "effect/cli";
import { runEvaluator } from "./commands_testing.ts";
import { evaluate } from "./commands.ts";
import assert from "node:assert/strict";

const refusals: readonly (readonly [
  command: string,
  flag: string,
  value: string,
  rule: string,
])[] = [
  ["knn", "neighbours", "5,0", "integers >= 1 with commas between"],
  ["knn", "neighbours", "five", "integers >= 1 with commas between"],
  ["knn", "temperature", "0", "above 0"],
  ["knn", "seed", "-1", "an integer >= 0"],
  ["knn", "layers", "conv1,", "names with commas between"],
  ["low-shot", "shots", "0", "integers >= 1 with commas between"],
  ["low-shot", "seeds", "0", "an integer >= 1"],
  ["linear", "epochs", "0", "an integer >= 1"],
  ["linear", "batch", "0", "an integer >= 1"],
  ["linear", "learning-rate", "-1", "above 0"],
  ["linear", "momentum", "1", "from 0 to below 1"],
  ["linear", "weight-decay", "-1", "at least 0"],
  ["linear", "memory", "0", "an integer >= 1"],
  ["linear", "test-fraction", "1", "above 0, below 1"],
  ["linear", "limit", "0", "an integer >= 1"],
  ["linear", "extract-batch", "0", "an integer >= 1"],
  ["nmi", "clusters", "0", "an integer >= 1"],
  ["nmi", "size", "0", "an integer >= 1"],
  ["all", "pca", "0", "an integer >= 1"],
  ["all", "width", "0", "above 0"],
  ["all", "threads", "0", "an integer >= 1"],
  ["voc-classification", "epoch", "0", "an integer >= 1"],
  ["voc-classification", "save-every", "-1", "at least 0"],
  ["voc-classification", "iterations", "-1", "an integer >= 0"],
  ["voc-classification", "batch", "0", "an integer >= 1"],
  ["voc-classification", "learning-rate", "0", "above 0"],
  ["voc-classification", "halve-every", "0", "an integer >= 1"],
  ["voc-classification", "momentum", "1", "from 0 to below 1"],
  ["voc-classification", "weight-decay", "-1", "at least 0"],
  ["voc-classification", "clip-norm", "0", "above 0"],
  ["voc-classification", "seed", "-1", "an integer >= 0"],
  ...["0.5", "0.5,0.1", "0.5,2"].map((value) =>
    [
      "voc-classification",
      "crop-scale",
      value,
      "two numbers above 0, up to 1, with a comma between, ascending",
    ] as const
  ),
];

/** Prints no help. */
const silent: Console.Console = { ...console, log: () => {}, error: () => {} };

/** What is wrong with a command line, in the words that are printed. */
const refusal = Effect.fnUntraced(function* (args: readonly string[]) {
  const command = yield* evaluate.load(args);
  const run = Command.runWith(command, { version: "0", renderErrors: false });
  const error = yield* Effect.flip(run(args));
  assert.ok(error instanceof CliError.ShowHelp, error.message);
  return error.errors.map(({ message }) => message);
});

effectTest(
  "a flag with a bad value is refused, by its name and rule, before anything " +
    "is opened",
  () =>
    Effect.gen(function* () {
      for (const [command, flag, value, rule] of refusals) {
        const args = [command, "random", "/nowhere", `--${flag}`, value];
        assert.deepEqual(yield* refusal(args), [
          `Invalid value for flag --${flag}: "${value}". Expected: ${rule}`,
        ], `${command} --${flag}`);
      }
    }).pipe(
      Effect.provide(NodeServices.layer),
      Effect.provideService(Console.Console, silent),
    ),
);

Deno.test("a bad flag is all that is printed, and the exit code is 1", async () => {
  const args = ["knn", "random", "/nowhere", "--neighbours", "0"];
  const ended = await runEvaluator(args);
  assert.deepEqual(ended, {
    code: 1,
    output: "",
    log: 'Invalid value for flag --neighbours: "0". ' +
      "Expected: integers >= 1 with commas between\n" +
      "Help: deno task evaluate knn --help\n",
  });
});

Deno.test("without a command the exit code is 1, and with --help it is 0", async () => {
  const { code, output } = await runEvaluator([]);
  assert.deepEqual([code, output], [1, ""]);
  assert.equal((await runEvaluator(["--help"])).code, 0);
});

Deno.test("a switch before a folder leaves it a folder", async () => {
  for (const folder of ["yes", "1"]) {
    const ended = await runEvaluator(["knn", "--json", "random", folder]);
    const between = await runEvaluator(["knn", "random", "--json", folder]);
    for (const { code, output, log } of [ended, between]) {
      assert.deepEqual([code, output], [1, ""]);
      assert.match(log, new RegExp(`path must exist: .*/${folder}\n`));
    }
  }
});

Deno.test("an old spelling of a flag is understood, and a line says the new one", async () => {
  for (
    const [command, old, now] of [
      ["knn", "k", "neighbours"],
      ["linear", "split", "test-fraction"],
      ["voc-classification", "cache", "image-memory"],
    ] as const
  ) {
    const args = [command, "random", "/nowhere", `--${old}`, "-5"];
    const { code, log } = await runEvaluator(args);
    assert.equal(code, 1);
    assert.match(
      log,
      new RegExp(
        `^--${old} is now --${now}; the old spelling still works\n` +
          `Invalid value for flag --${now}: "-5"`,
      ),
    );
  }
});
