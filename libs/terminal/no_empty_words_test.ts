import { effectTest } from "@deepcluster/test";
import { Effect, Stdio } from "effect";
import { noEmptyWords } from "./no_empty_words.ts";
import assert from "node:assert/strict";

const run = (...words: readonly string[]) =>
  noEmptyWords(Effect.succeed("ran")).pipe(
    Effect.catchTags({
      EmptyWordError: ({ message }) => Effect.succeed(message),
    }),
    Effect.provide(Stdio.layerTest({ args: Effect.succeed(words) })),
  );

effectTest(
  "noEmptyWords() refuses an empty argument or value before the command runs",
  () =>
    Effect.gen(function* () {
      for (
        const [words, named] of [
          [["storage", "remove", "", "--yes"], 'value is "" \\('],
          [["train", "photos", "--run", ""], 'value is --run "" \\('],
          [["train", "photos", "--run="], "value is --run= \\("],
        ] as const
      ) assert.match(yield* run(...words), new RegExp(named));
      for (const words of [[], ["train", "a=", "--run", "."], ["--"]]) {
        assert.equal(yield* run(...words), "ran");
      }
    }),
);
