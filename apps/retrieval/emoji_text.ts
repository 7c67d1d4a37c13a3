/**
 * The results of the emoji benchmark, as a table and as JSON.
 *
 * @module
 */
import type { EmojiReduction } from "@deepcluster/retrieval";
import type { EmojiLine, EmojiResults } from "./emoji_evaluate.ts";

/** The protocol, as it is printed beside every figure. */
const protocol = [
  "each drawing of the test is searched for among all others of the test",
  "relevant: the same emoji in another set; junk: the query itself, and the " +
  "same emoji in fluent-emoji for fluent-emoji-flat and the reverse",
  "similarity: cosine of the centre crops' features",
  "mAP: mean over queries of the area average precision of scikit-learn, not " +
  "the trapezoid rule of Oxford5k",
  "recall@k: fraction of queries with a relevant drawing among the first k",
  "reduction: that with the highest mAP on a fifth of the training emoji; PCA " +
  "and whitening are learned on training emoji",
];

/**
 * Lays the results out as a table, with the protocol below it.
 *
 * @param results From `evaluateEmoji`.
 * @returns Lines for a person.
 */
export const emojiText = (
  { lines, drawings, test, emoji, trainedOn }: EmojiResults,
): string => {
  const rows = [
    [
      "model",
      "layer",
      "reduction",
      "mAP",
      "recall@1",
      "recall@5",
      "recall@10",
      "validation mAP",
    ],
    ...lines.map(cellsOf),
  ];
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return [
    ...rows.map((row) =>
      row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")
        .trimEnd()
    ),
    "",
    `${lines[0]!.test.queries} queries, the ${test} drawings of ${emoji} ` +
    `emoji; ${drawings - test} drawings of the others for training` +
    (trainedOn === undefined
      ? ""
      : `; test drawings that the run was trained on: ${trainedOn}`),
    ...protocol,
  ].join("\n");
};

const cellsOf = (
  { model, layer, reduction, test, validation }: EmojiLine,
): readonly string[] => [
  model,
  layer,
  inWords(reduction),
  ...[test.map, test.recall[1], test.recall[5], test.recall[10]]
    .map((figure) => figure.toFixed(3)),
  Math.max(...validation.map(({ map }) => map)).toFixed(3),
];

const inWords = (reduction: EmojiReduction): string =>
  reduction === "none" ? "none" : `PCA-whitened to ${reduction}`;

/**
 * Gives the results as plain data, with the protocol.
 *
 * @param results From `evaluateEmoji`.
 * @returns What `--json` prints.
 */
export const emojiJson = (
  results: EmojiResults,
): EmojiResults & { readonly protocol: readonly string[] } => ({
  ...results,
  protocol,
});
