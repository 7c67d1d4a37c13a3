import * as NodeServices from "@effect/platform-node/NodeServices";
import { effectTest } from "@deepcluster/test";
import { Console, Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { layerCommandLine } from "./command_line.ts";
import { switchFlag } from "./switch_flag.ts";
import assert from "node:assert/strict";

/** A program with one command, which prints what it was told. */
const bake = Command.make("bakery").pipe(
  Command.withSubcommands([
    Command.make(
      "bake",
      {
        recipe: Argument.String("recipe"),
        tray: Argument.String("tray").pipe(Argument.optional),
        sugar: switchFlag("sugar").pipe(Flag.optional),
        json: switchFlag("json").pipe(Flag.withDefault(false)),
        minutes: Flag.Int("minutes").pipe(Flag.withDefault(40)),
        ovenHeat: Flag.Int("oven-heat").pipe(Flag.optional),
      },
      (values) => Console.log(JSON.stringify(values)),
    ),
    Command.make(
      "serve",
      { guests: Flag.Int("guests").pipe(Flag.withMetavar("N")) },
      () => Console.log("served"),
    ),
  ]),
);

/** What a command line prints on both streams, and whether it failed. */
const run = (...args: readonly string[]) =>
  recorded(Command.runWith(bake, { version: "1" })(args));

const recorded = Effect.fnUntraced(function* <E>(
  program: Effect.Effect<void, E, Command.Environment>,
) {
  const output: string[] = [];
  const log: string[] = [];
  const recorder: Console.Console = {
    ...console,
    log: (line) => void output.push(String(line)),
    error: (line) => void log.push(String(line)),
  };
  const exit = yield* Effect.exit(program).pipe(
    Effect.provide(layerCommandLine("deno task bakery")),
    Effect.provideService(Console.Console, recorder),
    Effect.provide(NodeServices.layer),
  );
  return { failed: exit._tag === "Failure", output, log: log.join("\n") };
});

effectTest(
  "a switch never takes the next word, whatever that reads like",
  () =>
    Effect.gen(function* () {
      for (const word of "1 0 yes no on off y n true false".split(" ")) {
        for (const flag of ["--json", "--no-json", "--sugar", "--no-sugar"]) {
          const { output, log } = yield* run("bake", flag, word);
          assert.equal(log, "", `${flag} ${word}`);
          assert.equal(JSON.parse(output[0]!).recipe, word, `${flag} ${word}`);
        }
      }
      const { output } = yield* run("bake", "no", "--sugar", "off", "--json");
      const { recipe, tray, json, sugar } = JSON.parse(output[0]!);
      assert.deepEqual([recipe, tray.value, json], ["no", "off", true]);
      assert.equal(sugar.value, true);
    }),
);

effectTest(
  "a switch is on, off, or what stands behind its =",
  () =>
    Effect.gen(function* () {
      const sugarOf = Effect.fnUntraced(function* (...flags: string[]) {
        const { output, log } = yield* run("bake", "cake", ...flags);
        assert.equal(log, "");
        return JSON.parse(output[0]!).sugar.value;
      });
      assert.equal(yield* sugarOf(), undefined);
      assert.equal(yield* sugarOf("--sugar"), true);
      assert.equal(yield* sugarOf("--sugar=true"), true);
      assert.equal(yield* sugarOf("--sugar=false"), false);
      assert.equal(yield* sugarOf("--no-sugar"), false);
      const { failed, log } = yield* run("bake", "cake", "--no-sugar=yes");
      assert.ok(failed);
      assert.match(log, /^Flag --no-sugar takes no value: .* "yes"$/m);
    }),
);

effectTest(
  "a mistake in an argument is told as one of an argument",
  () =>
    Effect.gen(function* () {
      const order = Command.make("bakery", { guests: Argument.Int("guests") });
      const { log } = yield* recorded(
        Command.runWith(order, { version: "1" })(["many"]),
      );
      assert.equal(
        log.split("\n")[0],
        'Invalid value for argument <guests>: "many". Expected: an integer',
      );
    }),
);

effectTest(
  "a mistake is told in a line on standard error with what was meant, and no help",
  () =>
    Effect.gen(function* () {
      const of = " of deno task bakery bake: did you mean";
      for (
        const [args, line] of [
          [["--sugr"], `Unknown flag --sugr${of} --sugar?`],
          [["--suger=1"], `Unknown flag --suger${of} --sugar?`],
          [["--oh", "3"], `Unknown flag --oh${of} --oven-heat?`],
          [
            ["--max_minutes", "3"],
            `Unknown flag --max_minutes${of} --minutes?`,
          ],
          [["--hepl"], `Unknown flag --hepl${of} --help?`],
          ...["many", "1.5", "0x"].map((value) =>
            [
              [`--minutes=${value}`],
              `Invalid value for flag --minutes: "${value}". ` +
              "Expected: an integer",
            ] as const
          ),
          ...["maybe", ""].map((value) =>
            [
              [`--json=${value}`],
              `Invalid value for flag --json: "${value}". ` +
              "Expected: true or false",
            ] as const
          ),
          [["--salt"], "Unknown flag --salt of deno task bakery bake"],
          [
            ["--minutes", "5", "--minutes", "6"],
            "Flag --minutes is given 2 times: give it once",
          ],
        ] as const
      ) {
        assert.deepEqual(yield* run("bake", "cake", ...args), {
          failed: true,
          output: [],
          log: `${line}\nHelp: deno task bakery bake --help`,
        });
      }
    }),
);

effectTest(
  "a missing or superfluous argument is told with the usage",
  () =>
    Effect.gen(function* () {
      const usage = "Usage: deno task bakery bake [flags] <recipe> [<tray>]\n" +
        "Help: deno task bakery bake --help";
      const missing = yield* run("bake", "--json");
      assert.deepEqual(missing.output, []);
      assert.equal(missing.log, `Missing required argument: recipe\n${usage}`);
      const flag = yield* run("serve");
      assert.equal(
        flag.log,
        "Missing required flag: --guests\n" +
          "Usage: deno task bakery serve --guests N [flags]\n" +
          "Help: deno task bakery serve --help",
      );
      const more = yield* run("bake", "a", "b", "c");
      assert.equal(more.log, `Unexpected positional argument: "c"\n${usage}`);
    }),
);

effectTest(
  "an unknown command is told with the nearest, or with all",
  () =>
    Effect.gen(function* () {
      const near = yield* run("bak", "cake");
      assert.deepEqual([near.failed, near.output], [true, []]);
      assert.equal(
        near.log,
        'Unknown command "bak" of deno task bakery: did you mean bake?\n' +
          "Help: deno task bakery --help",
      );
      assert.match(
        (yield* run("eat")).log,
        /^Unknown command "eat" of deno task bakery: it has bake, serve$/m,
      );
    }),
);

effectTest(
  "a missing command is told on standard error, with all that there are",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* run(), {
        failed: true,
        output: [],
        log: "Missing command of deno task bakery: it has bake, serve\n" +
          "Help: deno task bakery --help",
      });
    }),
);

effectTest(
  "help goes to standard output, with the usage as it is typed",
  () =>
    Effect.gen(function* () {
      const { failed, output: [help], log } = yield* run("bake", "--help");
      assert.deepEqual([failed, log], [false, ""]);
      assert.match(help!, /^ {2}deno task bakery bake \[flags\] <recipe>/m);
      assert.match(help!, /^ {2}--json +$/m, "no value is shown for a switch");
    }),
);
