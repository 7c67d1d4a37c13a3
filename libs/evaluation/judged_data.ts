/**
 * Labelled images, opened for judging: which to learn from, and which to be
 * judged on.
 *
 * @module
 */
import { kindOf } from "@deepcluster/checkpoint";
import {
  emojiTables,
  idxImagesIn,
  type LabelledSource,
  openSource,
} from "@deepcluster/data";
import { Effect } from "effect";
import { join } from "node:path";
import { type SplitOptions, type SplitRule, splitRule } from "./data_split.ts";
import { type Half, joined } from "./joined_sources.ts";
import { UnlabelledDataError } from "./judging_errors.ts";

/** How {@link openJudgedData} opens images. */
export interface OpenDataOptions extends SplitOptions {
  /** Column of a manifest with labels; `label`, or `group` of the emoji. */
  readonly labelColumn?: string;
}

/** Labelled images with a way to split them. */
export interface JudgedData extends Required<LabelledSource>, SplitRule {
  /** Path as it was given. */
  readonly name: string;
}

/**
 * Opens labelled images.
 *
 * A folder with `train` and `val` (or `validation`, `test`), and one with
 * MNIST's four files, are split already. Anything else that `openSource` opens
 * is split by lists, by groups or by class, as {@link splitRule} says. A
 * folder of rendered emoji is opened as its table `emoji.csv`. Images without
 * a label are in no split.
 *
 * @param path Of a folder, a manifest or an IDX file.
 * @param options See {@link OpenDataOptions}.
 * @returns The images, none of them looked at; or `UnlabelledDataError` when
 * no image has a label, the errors of the source, or of {@link splitRule}.
 */
export const openJudgedData = Effect.fn("openJudgedData")(function* (
  path: string,
  options: OpenDataOptions = {},
) {
  const halves = yield* halvesOf(path, options);
  if (halves !== undefined) {
    const whole = joined(path, halves);
    const edge = halves[0]!.source.ids.length;
    const names = halves.map(({ prefix }) => prefix).join(" and ");
    const given = { edge, description: `given: ${names}` };
    const rule = yield* splitRule(whole, options, given);
    return { name: path, ...whole, ...rule } satisfies JudgedData;
  }
  const { file, column } = yield* tableIn(path, options.labelColumn);
  const whole = yield* openLabelled(file, column);
  const groups = options.by === undefined
    ? undefined
    : (yield* openLabelled(file, options.by)).labels.classes;
  const rule = yield* splitRule(whole, options, groups && { groups });
  return { name: path, ...whole, ...rule } satisfies JudgedData;
});

/** Both sides of images that are split already. */
const halvesOf = Effect.fnUntraced(function* (
  path: string,
  { labelColumn, limit }: OpenDataOptions,
): Effect.fn.Return<readonly Half[] | undefined, HalvesError> {
  if ((yield* kindOf(path)) !== "folder") return undefined;
  // Part of the training images: the same that `train --limit` draws.
  if ((yield* idxImagesIn(path, "t10k")) !== undefined) {
    return [
      yield* openHalf(path, "train", { limit }),
      yield* openHalf(path, "test", { split: "test" }),
    ];
  }
  if ((yield* kindOf(join(path, "train"))) !== "folder") return undefined;
  const labelField = labelColumn === undefined
    ? {}
    : { labelField: labelColumn };
  for (const name of ["val", "validation", "test"]) {
    if ((yield* kindOf(join(path, name))) !== "folder") continue;
    return [
      yield* openHalf(join(path, "train"), "train", { limit, ...labelField }),
      yield* openHalf(join(path, name), name, labelField),
    ];
  }
  return undefined;
});

type HalvesError =
  | Effect.Error<ReturnType<typeof openHalf>>
  | Effect.Error<ReturnType<typeof kindOf>>;

const openHalf = Effect.fnUntraced(function* (
  path: string,
  prefix: string,
  options: Parameters<typeof openSource>[1],
) {
  const opened = yield* openSource(path, options);
  return { prefix, ...yield* withLabels(path, opened) } satisfies Half;
});

const openLabelled = Effect.fnUntraced(function* (
  path: string,
  column: string | undefined,
) {
  const labelField = column === undefined ? {} : { labelField: column };
  return yield* withLabels(path, yield* openSource(path, labelField));
});

const withLabels = (
  path: string,
  { source, labels }: LabelledSource,
): Effect.Effect<Required<LabelledSource>, UnlabelledDataError> =>
  labels === undefined
    ? Effect.fail(
      new UnlabelledDataError({
        source: path,
        hint: "put each class in a folder of its own, or name a manifest's " +
          "column of labels",
      }),
    )
    : Effect.succeed({ source, labels });

/** The emoji's folder stands for its table, and their groups for labels. */
const tableIn = Effect.fnUntraced(function* (
  path: string,
  column: string | undefined,
) {
  const table = join(path, emojiTables.images);
  return (yield* kindOf(path)) === "folder" && (yield* kindOf(table)) === "file"
    ? { file: table, column: column ?? "group" }
    : { file: path, column };
});
