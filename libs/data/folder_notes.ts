/**
 * Notes for the user about how a folder was read, so that nothing is left out
 * without a word.
 *
 * @module
 */
import type { FolderReading } from "./folder_source.ts";

/**
 * Sentences about a folder whose reading is not plain.
 *
 * @param folder How it was read.
 * @returns None for a folder of images or of classes.
 */
export const folderNotes = (
  {
    reading,
    wrapper,
    parts,
    renamed,
    partsWithin,
    outside,
    unlabelled,
    runs,
  }: FolderReading,
): readonly string[] => [
  ...wrapper === "" ? [] : [`Looked for classes in ${wrapper}`],
  ...reading === "training part"
    ? parts.filter(({ role }) => role !== "train").map(
      ({ prefix, images }) => `Left out ${prefix}: ${counted(images)} held out`,
    )
    : [],
  ...reading === "all files" && parts.length > 0
    ? [
      `Took ${some(parts.map(({ prefix }) => prefix))} all together, as the ` +
      "version that began the run did",
    ]
    : [],
  ...outside.length === 0 ? [] : [
    `Left out ${counted(outside.length)} beside the parts: ${some(outside)}`,
  ],
  ...without(unlabelled, outside),
  ...renamed.size === 0 ? [] : [
    "Took classes for one that differ in case alone: " +
    some([...renamed].map((names) => names.join(" and "))),
  ],
  ...partsWithin.length === 0 ? [] : [
    `Took ${
      partsWithin.join(" and ")
    } together, as parts of a split must lie ` +
    "around the classes, not in them: a manifest with --train-list and " +
    "--test-list can name them",
  ],
  ...runs.length === 0
    ? []
    : [`Left out ${runs.length} run folder${plural(runs)}: ${some(runs)}`],
];

/** Images beside the parts have a note of their own. */
const without = (
  unlabelled: readonly string[],
  outside: readonly string[],
): readonly string[] => {
  const noted = new Set(outside);
  const others = unlabelled.filter((id) => !noted.has(id));
  if (others.length === 0) return [];
  return [
    `Found no class folder around ${counted(others.length)}, which ` +
    `${others.length === 1 ? "has" : "have"} no label: ${some(others)}`,
  ];
};

const counted = (images: number): string =>
  images === 1 ? "1 image" : `${images} images`;

const plural = (all: readonly unknown[]): string => all.length === 1 ? "" : "s";

const some = (names: readonly string[]): string =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
