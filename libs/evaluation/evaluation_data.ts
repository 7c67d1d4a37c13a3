/**
 * Labelled images, opened for evaluation: which to learn from, and which to be
 * evaluated on.
 *
 * @module
 */
import type { OptionError } from "@deepcluster/core";
import {
  type FolderReading,
  idxImagesIn,
  type LabelledSource,
  type ManifestFormat,
  type ManifestOptions,
  NoColumnError,
} from "@deepcluster/data";
import {
  givenParts,
  joined,
  type OpenedSource,
  type OpenError,
  openSource,
  type Part,
  type SplitListError,
  type SplitOptions,
  type SplitRule,
  splitRule,
  UnlabelledDataError,
} from "@deepcluster/datasets";
import { kindOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/** How {@link openEvaluationData} opens images. */
export interface OpenDataOptions extends SplitOptions {
  /** Column of a manifest with labels; `label`, or `group` of the emoji. */
  readonly labelColumn?: string;
  /** Column of a manifest with paths. Default: recognised by its name. */
  readonly pathColumn?: string;
  /** How a manifest is written. Default: recognised by its extension. */
  readonly format?: ManifestFormat;
}

/** Labelled images with a way to split them. */
export interface EvaluationData extends Required<LabelledSource>, SplitRule {
  /** Path as it was given. */
  readonly name: string;
  /** How a folder was read; absent for all else. */
  readonly folder?: FolderReading;
}

/** What {@link openEvaluationData} fails with. */
export type OpenEvaluationDataError =
  | OpenError
  | OptionError
  | SplitListError
  | StorageError
  | UnlabelledDataError;

/**
 * Opens labelled images.
 *
 * A folder with the parts of a split, and one with MNIST's four files, are
 * split already: what is held out is the test part, or the validation part
 * where there is no other. With both, the validation part is what
 * `validation` evaluates on. Anything else that `openSource` opens is split by
 * lists, by groups or by class, as {@link splitRule} says. Images without a
 * label are in no split.
 *
 * @param path Of a folder, a manifest or an IDX file.
 * @param options See {@link OpenDataOptions}.
 * @returns The images, none of them looked at; or `UnlabelledDataError` when
 * no image has a label, the errors of the source, or of {@link splitRule}.
 */
export const openEvaluationData: (
  path: string,
  options?: OpenDataOptions,
) => Effect.Effect<EvaluationData, OpenEvaluationDataError> = Effect.fn(
  "openEvaluationData",
)(function* (path, options = {}) {
  const { labelColumn, pathColumn, format, by, limit } = options;
  const manifest: ManifestOptions = {
    ...labelColumn !== undefined && { labelField: labelColumn },
    ...pathColumn !== undefined && { pathField: pathColumn },
    ...format !== undefined && { format },
  };
  const halves = yield* mnistIn(path, limit, manifest);
  if (halves !== undefined) {
    const whole = joined(path, halves);
    const edge = halves[0]!.source.ids.length;
    const known = {
      ...splitAt(edge, whole.source.ids.length),
      description: "given: train and test",
    };
    const rule = yield* splitRule(whole, options, known);
    return { name: path, ...whole, ...rule } satisfies EvaluationData;
  }
  const opened = yield* openSource(path, manifest);
  const { folder } = opened;
  const read = { name: path, ...folder && { folder } };
  if (folder !== undefined && folder.parts.length > 0) {
    const { whole, known } = yield* givenParts(path, opened, folder, options);
    const rule = yield* splitRule(whole, options, known);
    return { ...read, ...whole, ...rule } satisfies EvaluationData;
  }
  const whole = yield* withLabels(path, opened);
  const groups = by === undefined
    ? undefined
    : (yield* openGrouped(path, { ...manifest, labelField: by })).labels
      .classes;
  const rule = yield* splitRule(whole, options, groups && { groups });
  return { ...read, ...whole, ...rule } satisfies EvaluationData;
});

/** Both halves of a folder with MNIST's four files. */
const mnistIn = Effect.fnUntraced(function* (
  path: string,
  limit: number | undefined,
  manifest: ManifestOptions,
) {
  if ((yield* kindOf(path)) !== "folder") return undefined;
  if ((yield* idxImagesIn(path, "t10k")) === undefined) return undefined;
  const half = Effect.fnUntraced(function* (split: "train" | "test") {
    // Part of the training images: the same that `train --limit` draws.
    const part = split === "train" ? { limit } : {};
    const opened = yield* openSource(path, { split, ...part, ...manifest });
    const labelled = yield* withLabels(path, opened);
    return { prefix: `${split}/`, ...labelled } satisfies Part;
  });
  return [yield* half("train"), yield* half("test")] as const;
});

const splitAt = (edge: number, images: number) => {
  const all = Int32Array.from({ length: images }, (_, image) => image);
  return { split: { train: all.slice(0, edge), test: all.slice(edge) } };
};

/** The images with their values in a column as labels. */
const openGrouped = (path: string, manifest: ManifestOptions) =>
  openSource(path, manifest).pipe(
    Effect.catchTags({
      NoColumnError: (error) =>
        Effect.fail(new NoColumnError({ ...error, flag: "--split-by" })),
    }),
    Effect.flatMap((opened) => withLabels(path, opened)),
  );

const withLabels = (
  path: string,
  { source, labels }: Pick<OpenedSource, "source" | "labels">,
): Effect.Effect<Required<LabelledSource>, UnlabelledDataError> =>
  labels === undefined
    ? Effect.fail(
      new UnlabelledDataError({
        source: path,
        hint: "put each class in a folder of its own, or name a manifest's " +
          "column of labels with --label-column",
      }),
    )
    : Effect.succeed({ source, labels });
