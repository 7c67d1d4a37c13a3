/**
 * `retrieve emoji MODEL`: an emoji in one artist's drawing finds the drawings
 * of others, for emoji that training did not see.
 *
 * @module
 */
import { defaultBatch } from "@deepcluster/features";
import {
  engineFlags,
  layerTypedEngine,
  modelFlags,
  typedModel,
} from "@deepcluster/runs";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  namesFlag,
  optionalFlag,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { emojiOf, evaluateEmoji, triedReductions } from "./emoji_evaluate.ts";
import { emojiJson, emojiText } from "./emoji_text.ts";
import { writeTestList } from "./emoji_list.ts";
import { IndexCommandError } from "./index_errors.ts";

/** The command. */
export const emoji = Command.make(
  "emoji",
  {
    model: Argument.String("model").pipe(
      Argument.withDescription(
        "Run folder, model file, `random` (untrained weights) or `pixels`.",
      ),
      Argument.optional,
    ),
    data: flagWithDefault(
      Flag.String("data").pipe(Flag.withMetavar("DIR")),
      "data/emoji",
      "Folder of rendered emoji, which `deno task demo` makes",
    ),
    writeExclude: optionalFlag(
      Flag.String("write-exclude").pipe(Flag.withMetavar("FILE")),
      "Write the list of the test's drawings, for `train --exclude`; MODEL " +
        "may then be left out",
    ),
    layers: optionalFlag(
      namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
      "Layers, by either name: conv2 or features.6",
      "features, which are clustered",
    ),
    pca: optionalFlag(
      atLeast("pca", 1),
      "Dimensions to whiten features to by PCA, learned on training emoji",
      `whichever is best on validation emoji: none, ${
        triedReductions.slice(1).join(", ")
      }`,
    ),
    choice: modelFlags,
    seed: flagWithDefault(
      atLeast("seed", 0),
      1,
      "Seed of the weights of `random`",
    ),
    batch: flagWithDefault(
      atLeast("extract-batch", 1),
      defaultBatch,
      "Images of one forward pass when features are extracted",
    ),
    cache: flagWithDefault(
      Flag.String("cache").pipe(Flag.withMetavar("DIR")),
      "runs/judged",
      "Folder that keeps features for the next command",
    ),
    ...engineFlags,
    json: flagWithDefault(
      switchFlag("json"),
      false,
      "Print the results as JSON",
    ),
  },
  Effect.fnUntraced(
    function* ({ json, ...flags }) {
      const data = fromHere(flags.data);
      const rows = yield* emojiOf(data);
      if (Option.isSome(flags.writeExclude)) {
        const path = fromHere(flags.writeExclude.value);
        const written = yield* writeTestList(path, rows);
        yield* Effect.logInfo(
          `Wrote ${shown(path)}: ${written} of ${rows.length} drawings`,
        );
        if (Option.isNone(flags.model)) return;
      }
      if (Option.isNone(flags.model)) {
        return yield* new IndexCommandError({
          action: "evaluate",
          rule: "a model or --write-exclude FILE must be given",
          found: "neither",
        });
      }
      const { path, options } = typedModel(
        flags.model.value,
        flags.choice,
        flags.seed,
      );
      const results = yield* evaluateEmoji(path, options, {
        data,
        rows,
        layers: Option.getOrElse(flags.layers, () => ["features"]),
        reductions: Option.match(flags.pca, {
          onNone: () => triedReductions,
          onSome: (components) => [components],
        }),
        cache: fromHere(flags.cache),
        batch: flags.batch,
      });
      yield* Console.log(
        json ? JSON.stringify(emojiJson(results)) : emojiText(results),
      );
    },
    (work, flags) =>
      work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(flags))),
  ),
).pipe(
  Command.withExamples([
    {
      command: "deno task retrieve emoji --write-exclude held_out.txt",
      description: "The drawings to keep out of training",
    },
    {
      command: "deno task retrieve emoji runs/held-out --data data/emoji",
      description: "A run that was trained with --exclude held_out.txt",
    },
  ]),
);
