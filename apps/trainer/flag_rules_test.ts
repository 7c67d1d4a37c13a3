import * as NodeServices from "@effect/platform-node/NodeServices";
import { effectTest } from "@deepcluster/test";
import { Console, Effect } from "effect";
import { CliError, Command } from "effect/cli";
import { demo, doctor, resume, train } from "./commands.ts";
import assert from "node:assert/strict";

const operation: readonly (readonly [
  flag: string,
  value: string,
  rule: string,
])[] = [
  ["image-memory", "-7", "an integer >= 0"],
  ["save-every", "-0.5", "at least 0"],
  ["keep", "1", "an integer >= 2"],
];

const settings: typeof operation = [
  ["limit", "0", "an integer and at least 1"],
  ["size", "9", "an integer and at least 16 and at most 1024"],
  ["size", "2000", "an integer and at least 16 and at most 1024"],
  ["clusters", "0", "an integer and at least 1"],
  ["pca", "-1", "an integer and at least 1"],
  ["epochs", "0", "an integer and at least 1"],
  ["reassign", "0", "positive"],
  ["batch", "1", "an integer and at least 2"],
  ["learning-rate", "0", "positive"],
  ["momentum", "1", "non-negative and less than 1"],
  ["weight-decay", "-0.1", "non-negative"],
  ["dropout", "1", "non-negative and less than 1"],
  ["seed", "-3", "an integer and non-negative and at most 4294967295"],
  ["kmeans-iterations", "0", "an integer and at least 1"],
  ["extract-batch", "0", "an integer and at least 1"],
  ["max-unreadable-fraction", "1.5", "non-negative and at most 1"],
  ["threads", "0", "an integer and at least 1"],
  ...["0.5", "0.5,0.1", "0,1", "a,b"].map((value) =>
    [
      "crop-scale",
      value,
      "two numbers above 0, up to 1, with a comma between, ascending",
    ] as const
  ),
];

/** Every command, what it is called with, and its flags of numbers. */
const commands = [
  [train, ["/nowhere", "--run", "/nowhere/run"], [...operation, ...settings]],
  [doctor, [], [...operation, ...settings]],
  [resume, ["/nowhere"], operation],
  [demo, [], [...operation, ["epochs", "0", "an integer >= 1"]]],
] as const;

/** Prints no help. */
const silent: Console.Console = { ...console, log: () => {}, error: () => {} };

/** What is wrong with a command line, in the words that are printed. */
const refusal = Effect.fnUntraced(function* (
  command: typeof commands[number][0],
  args: readonly string[],
) {
  const all = Command.make("trainer").pipe(
    Command.withSubcommands([yield* command.load([])]),
  );
  const run = Command.runWith(all, { version: "0", renderErrors: false });
  const error = yield* Effect.flip(run([command.name, ...args]));
  assert.ok(error instanceof CliError.ShowHelp, String(error));
  return error.errors.map(({ message }) => message);
});

effectTest(
  "a number that breaks its rule is refused when the command line is read, by " +
    "flag, value and rule",
  () =>
    Effect.gen(function* () {
      for (const [command, args, flags] of commands) {
        for (const [flag, value, rule] of flags) {
          assert.deepEqual(
            yield* refusal(command, [...args, `--${flag}`, value]),
            [`Invalid value for flag --${flag}: "${value}". Expected: ${rule}`],
            `${command.name} --${flag}`,
          );
        }
      }
    }).pipe(
      Effect.provide(NodeServices.layer),
      Effect.provideService(Console.Console, silent),
    ),
);
