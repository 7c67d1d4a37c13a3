/**
 * `duplicates DIR`: images of an index that are the same, or nearly. Nothing
 * is ever deleted: the list says what may be taken away.
 *
 * @module
 */
import {
  type DuplicateGroup,
  type DuplicateKind,
  duplicateKinds,
  findDuplicates,
  type IndexedImage,
  openSearcher,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { IndexCommandError } from "./index_errors.ts";
import { openIndex, pathOf, sheetPathOf, writeSheet } from "./opened_index.ts";
import { tableFileOf, writeTableFile } from "./result_table.ts";
import type { Values } from "./duplicates_flags.ts";

const columns = ["path", "group", "kind", "score", "keep", "why"];

/** Does what `duplicates` was asked for. */
export const run = (
  {
    index: folder,
    kind,
    percentile,
    score,
    top,
    out,
    sheet,
    json,
    ...engine
  }: Values,
) =>
  Effect.gen(function* () {
    const file = yield* tableFileOf(out);
    const sheetPath = yield* sheetPathOf(sheet);
    yield* requireNear(kind, score);
    const index = yield* openIndex(folder, sheet);
    if (kind === "near") yield* warnOfFewPairs(index, percentile, score);
    const { level, groups } = yield* findDuplicates(
      index,
      kind === "near"
        ? {
          kind,
          searcher: yield* openSearcher(index),
          percentile,
          score: Option.getOrUndefined(score),
        }
        : { kind },
    );
    yield* Console.log(
      json
        ? JSON.stringify(jsonOf(index, kind, level, groups))
        : textOf(index, kind, level, groups, top),
    );
    if (file !== undefined) {
      const rows = groups.flatMap((group, i) => rowsOf(group, i + 1));
      yield* writeTableFile(
        file,
        columns,
        file.format === "txt"
          ? rows.filter(({ path, keep }) => path !== keep)
          : rows,
      );
    }
    if (sheetPath !== undefined && groups.length > 0) {
      yield* writeSheet(
        sheetPath,
        "Duplicates, the image to keep first",
        groups.map((group, i) => ({
          title: `${i + 1}. ${kindInWords[group.kind]}`,
          detail: `${group.duplicates.length + 1} images`,
          images: imagesOf(group),
        })),
      );
    }
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine)));

/**
 * Requires that a level of near duplicates comes with the kind that has one.
 *
 * @param kind Value of `--kind`.
 * @param score Value of `--score`.
 * @returns Nothing, or `IndexCommandError`.
 */
export const requireNear = (
  kind: DuplicateKind,
  score: Option.Option<number>,
): Effect.Effect<void, IndexCommandError> =>
  kind === "near" || Option.isNone(score) ? Effect.void : Effect.fail(
    new IndexCommandError({
      action: "look for duplicates",
      rule: "--score must come with --kind near",
      found: `--kind ${kind} --score ${score.value}`,
    }),
  );

/** How images are the same, in words. */
export const kindInWords: Readonly<Record<DuplicateKind, string>> = {
  bytes: "the same bytes",
  pixels: "the same pixels",
  near: "near",
};

/**
 * Says when an index has too few pairs for a percentile.
 *
 * @param index The index.
 * @param percentile Value of `--percentile`.
 * @param score Value of `--score`.
 * @returns Nothing.
 */
export const warnOfFewPairs = (
  { live }: Pick<SearchIndex, "live">,
  percentile: number,
  score: Option.Option<number>,
): Effect.Effect<void> => {
  const pairs = live.length * (live.length - 1) / 2;
  return Option.isSome(score) || percentile === 1 ||
      pairs * (1 - percentile) >= 1
    ? Effect.void
    : Effect.logWarning(
      `The index has ${pairs} pairs, too few for --percentile ${percentile}: ` +
        "near means as similar as its most similar pair; name a lower " +
        "--percentile or a --score",
    );
};

const imagesOf = (
  { keep, duplicates }: DuplicateGroup<IndexedImage>,
): readonly IndexedImage[] => [keep, ...duplicates.map(({ image }) => image)];

const rowsOf = (
  { keep, why, duplicates }: DuplicateGroup<IndexedImage>,
  group: number,
) => {
  const common = { group, keep: pathOf(keep) };
  return [
    { path: pathOf(keep), ...common, kind: "keep", score: 1, why },
    ...duplicates.map(({ image, kind, score }) => ({
      path: pathOf(image),
      ...common,
      kind,
      score,
      why: "",
    })),
  ];
};

const extrasOf = (groups: readonly DuplicateGroup<IndexedImage>[]): number =>
  groups.reduce((sum, { duplicates }) => sum + duplicates.length, 0);

const jsonOf = (
  index: SearchIndex,
  kind: DuplicateKind,
  level: number | undefined,
  groups: readonly DuplicateGroup<IndexedImage>[],
) => ({
  images: index.imageCount,
  kind,
  level,
  duplicates: extrasOf(groups),
  groups: groups.map((group) => ({
    kind: group.kind,
    keep: pathOf(group.keep),
    why: group.why,
    duplicates: group.duplicates.map(({ image, kind, score }) => ({
      path: pathOf(image),
      kind,
      score,
    })),
  })),
});

const textOf = (
  index: SearchIndex,
  kind: DuplicateKind,
  level: number | undefined,
  groups: readonly DuplicateGroup<IndexedImage>[],
  top: number,
): string => {
  const some = groups.slice(0, top);
  const counts = duplicateKinds.slice(0, 1 + duplicateKinds.indexOf(kind))
    .map((one) => {
      const count = groups.flatMap(({ duplicates }) => duplicates)
        .filter((duplicate) => duplicate.kind === one).length;
      return `${count} ${kindInWords[one]}`;
    });
  return [
    `${extrasOf(groups)} of ${index.imageCount} images could be taken away ` +
    `(${counts.join(", ")}), in ${groups.length} ` +
    (groups.length === 1 ? "group" : "groups"),
    ...level === undefined
      ? []
      : [`near: a cosine similarity of at least ${level.toFixed(4)}`],
    ...some.flatMap((group, i) => [
      "",
      `${i + 1}. ${kindInWords[group.kind]}: ` +
      `${group.duplicates.length + 1} images`,
      `  keep  ${shown(pathOf(group.keep))} (${group.why})`,
      ...group.duplicates.slice(0, shownMembers).map(({ image, kind, score }) =>
        `  ${kind === "near" ? score.toFixed(4) : kind.padEnd(6)}  ` +
        shown(pathOf(image))
      ),
      ...group.duplicates.length > shownMembers
        ? [`  … and ${group.duplicates.length - shownMembers} more`]
        : [],
    ]),
    ...groups.length > some.length
      ? [
        "",
        `… and ${groups.length - some.length} more groups; --top prints ` +
        "more, --out writes all",
      ]
      : [],
  ].join("\n");
};

/** Duplicates of a group that are printed. */
const shownMembers = 10;
