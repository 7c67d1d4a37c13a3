/**
 * `retrieve emoji MODEL`: an emoji in one artist's drawing finds the drawings
 * of others, for emoji that training did not see.
 *
 * @module
 */
import { layerTypedEngine, typedModel } from "@deepcluster/runs";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { emojiOf, evaluateEmoji } from "./emoji_evaluate.ts";
import { emojiJson, emojiText } from "./emoji_text.ts";
import { writeTestList } from "./emoji_list.ts";
import { IndexCommandError } from "./index_errors.ts";
import { triedReductions, type Values } from "./emoji_flags.ts";

/** Does what `emoji` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ json, ...flags }: Values) {
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
);
