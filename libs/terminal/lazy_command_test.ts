import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Command } from "effect/cli";
import assert from "node:assert/strict";
import { type AnyCommand, commandGroup, type LazyCommand } from "./mod.ts";

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
