import { effectTest } from "@deepcluster/test";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import assert from "node:assert/strict";
import {
  type AnyCommand,
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "./mod.ts";

/** A command that notes when it is loaded. */
const noting = (loaded: string[], name: string): LazyCommand => ({
  name,
  description: `What ${name} does`,
  load: () =>
    Effect.sync(() => {
      loaded.push(name);
      return Command.make(name) as AnyCommand;
    }),
});

/** Which commands a command line loads. */
const loadedBy = Effect.fnUntraced(function* (...words: readonly string[]) {
  const loaded: string[] = [];
  const [bake, taste, wash] = ["bake", "taste", "wash"].map((name) =>
    noting(loaded, name)
  );
  const kitchen = commandGroup("kitchen", "Everything", [
    bake!,
    commandGroup("judge", "Opinions", [taste!]),
    wash!,
  ]);
  const { subcommands } = yield* kitchen.load(words);
  const names = subcommands.flatMap(({ commands }) =>
    commands.map(({ name }) => name)
  );
  assert.deepEqual(names, ["bake", "judge", "wash"]);
  return loaded;
});

effectTest(
  "commandGroup() loads the command that is called alone",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* loadedBy("bake", "--help"), ["bake"]);
      assert.deepEqual(yield* loadedBy("judge", "taste", "cake"), ["taste"]);
    }),
);

effectTest(
  "commandGroup() loads none for its help or a mistake",
  () =>
    Effect.gen(function* () {
      for (const words of [[], ["--help"], ["-h"], ["--version"], ["bakery"]]) {
        assert.deepEqual(yield* loadedBy(...words), [], words.join(" "));
      }
      assert.deepEqual(yield* loadedBy("judge", "--help"), []);
    }),
);

effectTest(
  "commandGroup() loads all where a flag stands first",
  () =>
    Effect.gen(function* () {
      const all = ["bake", "taste", "wash"];
      assert.deepEqual(yield* loadedBy("--log-level", "debug", "wash"), all);
      assert.deepEqual(yield* loadedBy("--completions=bash"), all);
    }),
);

effectTest(
  "lazyCommand() loads its work when it is called, not for its help",
  () =>
    Effect.gen(function* () {
      const done: string[] = [];
      const toast = lazyCommand(
        "toast",
        "Toasts bread",
        Effect.succeed({ flags: { slice: Argument.String("slice") } }),
        Effect.sync(() => {
          done.push("loaded");
          return {
            run: ({ slice }: { readonly slice: string }) =>
              Effect.sync(() => void done.push(slice)),
          };
        }),
        [noting(done, "butter")],
      );
      const command = yield* toast.load(["--help"]);
      const run = Command.runWith(command, { version: "0" });
      yield* run(["--help"]);
      assert.deepEqual(done, []);
      yield* run(["rye"]);
      assert.deepEqual(done, ["loaded", "rye"]);
    }).pipe(
      Effect.provide(NodeServices.layer),
      Effect.provideService(Console.Console, { ...console, log: () => {} }),
    ),
);
