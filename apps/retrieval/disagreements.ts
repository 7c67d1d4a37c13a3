/**
 * `disagreements DIR --labels DATA`: images whose neighbours have another
 * label.
 *
 * @module
 */
import { findDisagreements, openSearcher } from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { shown } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { IndexCommandError } from "./index_errors.ts";
import { labelsOf } from "./labels_of.ts";
import {
  openIndex,
  pathOf,
  sheetLimits,
  sheetPathOf,
  writeSheet,
} from "./opened_index.ts";
import { restLines, tableFileOf, writeTableFile } from "./result_table.ts";
import type { Values } from "./disagreements_flags.ts";

const columns = [
  "path",
  "label",
  "suggested",
  "agreeing",
  "suggesting",
  "confident",
];

/** Does what `disagreements` was asked for. */
export const run = (
  {
    index: folder,
    labels: data,
    labelColumn,
    neighbours,
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
    const index = yield* openIndex(folder, sheet);
    const { images } = index;
    const { labels, names } = yield* labelsOf(images, data, labelColumn);
    const labelled = labels.filter((label) => label >= 0).length;
    if (neighbours >= labelled) {
      return yield* new IndexCommandError({
        action: "look for disagreements",
        rule: "--neighbours must be below the number of labelled images",
        found: `--neighbours ${neighbours}, ${labelled} labelled images`,
      });
    }
    const found = yield* findDisagreements(
      index,
      yield* openSearcher(index),
      { labels, neighbours },
    );
    const rows = found.map(({ image, label, suggested, ...vote }) => ({
      path: pathOf(images[image]!),
      label: names[label]!,
      suggested: names[suggested]!,
      ...vote,
    }));
    const confident = found.filter(({ confident }) => confident).length;
    const percent = (fraction: number) => `${Math.round(fraction * 100)} %`;
    yield* Console.log(
      json
        ? JSON.stringify({ images: labelled, confident, disagreements: rows })
        : [
          `The ${neighbours} nearest images of ${rows.length} of ` +
          `${labelled} have another label more often than its own; ` +
          `${confident} of them as often as is usual for that label`,
          ...rows.slice(0, top).map((row, i) =>
            `${i + 1}. ${shown(row.path)}: ${row.label}, neighbours say ` +
            `${row.suggested} (${percent(row.suggesting)}, its own ` +
            `${percent(row.agreeing)})${row.confident ? "" : ", unsure"}`
          ),
          ...restLines(rows.length, top),
        ].join("\n"),
    );
    if (file !== undefined) yield* writeTableFile(file, columns, rows);
    if (sheetPath !== undefined && found.length > 0) {
      const pairs = Map.groupBy(
        found,
        ({ label, suggested }) =>
          `${names[label]}, neighbours say ${names[suggested]}`,
      );
      const blocks = [...pairs].sort((a, b) => b[1].length - a[1].length);
      yield* writeSheet(
        sheetPath,
        "Labels that the neighbours disagree with",
        blocks.map(([title, some]) => ({
          title,
          detail: `${some.length} ${some.length === 1 ? "image" : "images"}`,
          images: some.slice(0, sheetLimits.images)
            .map(({ image }) => images[image]!),
        })),
      );
    }
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine)));
