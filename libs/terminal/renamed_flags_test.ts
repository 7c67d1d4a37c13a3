import { effectTest } from "@deepcluster/test";
import { Console, Effect, Stdio } from "effect";
import { renamedFlags } from "./renamed_flags.ts";
import assert from "node:assert/strict";

/** What a command line becomes, and what is said of it. */
const spelled = Effect.fnUntraced(function* (...words: readonly string[]) {
  const said: string[] = [];
  const renamed = { "*": { share: "fraction" }, bake: { heat: "oven" } };
  const args = yield* renamedFlags(
    renamed,
    Effect.flatMap(Stdio.Stdio, ({ args }) => args),
  ).pipe(
    Effect.provide(Stdio.layerTest({ args: Effect.succeed(words) })),
    Effect.provideService(Console.Console, {
      ...console,
      error: (line) => void said.push(String(line)),
    }),
  );
  return { args, said };
});

effectTest(
  "renamedFlags() gives a command the new spellings, and says each once",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* spelled("bake", "--heat", "5", "--share=0.1", "--share=0.2"),
        {
          args: ["bake", "--oven", "5", "--fraction=0.1", "--fraction=0.2"],
          said: [
            "--heat is now --oven; the old spelling still works",
            "--share is now --fraction; the old spelling still works",
          ],
        },
      );
    }),
);

effectTest(
  "renamedFlags() knows a command behind global flags that have values",
  () =>
    Effect.gen(function* () {
      const { args } = yield* spelled("--log-level", "debug", "bake", "--heat");
      assert.deepEqual(args, ["--log-level", "debug", "bake", "--oven"]);
    }),
);

effectTest(
  "renamedFlags() leaves flags of other commands, new spellings, and what is " +
    "behind a bare -- alone",
  () =>
    Effect.gen(function* () {
      for (
        const words of [
          ["serve", "--heat", "5"],
          ["bake", "--oven", "5", "heat", "-heat", "--heated"],
          ["bake", "--", "--heat", "5"],
          [],
        ]
      ) assert.deepEqual(yield* spelled(...words), { args: words, said: [] });
    }),
);
