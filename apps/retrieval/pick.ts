/**
 * `pick DIR N`: the images of an index to label first.
 *
 * @module
 */
import { findPicks } from "@deepcluster/retrieval";
import { shown } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import {
  curationOf,
  openIndex,
  pathOf,
  rankedBlocks,
  sheetPathOf,
  writeSheet,
} from "./opened_index.ts";
import { tableFileOf, writeTableFile } from "./result_table.ts";
import type { Values } from "./pick_flags.ts";

const columns = ["path", "cluster", "size", "distance", "why"];

/** Does what `pick` was asked for. */
export const run = ({ index: folder, count, out, sheet, json }: Values) =>
  Effect.gen(function* () {
    const file = yield* tableFileOf(out);
    const sheetPath = yield* sheetPathOf(sheet);
    const index = yield* openIndex(folder, sheet);
    const curation = yield* curationOf(index);
    const picks = yield* findPicks(index, count, curation);
    const nameOf = (cluster: number) =>
      curation.notes.get(cluster)?.name ?? `cluster ${cluster}`;
    const chosen = picks.map((picked) => {
      const image = index.imagesOf(picked.row)[0]!;
      const { cluster, distance, pick, size } = picked;
      const of = `${nameOf(cluster)} (${size} images)`;
      const why = pick === 1
        ? `the nearest to its centroid of ${of}`
        : `number ${pick} of ${of}, unlike those before`;
      return { image, cluster, distance, size, why };
    });
    const rows = chosen.map(({ image, ...rest }) => ({
      path: pathOf(image),
      ...rest,
    }));
    const clusters = new Set(rows.map(({ cluster }) => cluster)).size;
    yield* Console.log(
      json ? JSON.stringify({ picks: rows }) : [
        `${rows.length} images of ${clusters} clusters, in the order to ` +
        "label them",
        ...rows.map(({ path, why }) => `${shown(path)}: ${why}`),
      ].join("\n"),
    );
    if (rows.length < count) {
      yield* Effect.logWarning(
        `The index has only ${rows.length} different images with a cluster ` +
          `to pick from, fewer than ${count}`,
      );
    }
    if (file !== undefined) yield* writeTableFile(file, columns, rows);
    if (sheetPath !== undefined) {
      yield* writeSheet(
        sheetPath,
        "Images to label first",
        rankedBlocks(chosen.map(({ image }) => image)),
      );
    }
  }).pipe(Effect.scoped);
