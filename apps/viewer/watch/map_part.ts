/**
 * The map of a run's features, once the run or its report has made one.
 *
 * @module
 */
import { mapSection } from "@deepcluster/pages";
import { encodeMap, readReportMap } from "@deepcluster/report";
import { runFiles } from "@deepcluster/runs";
import { Effect } from "effect";
import { html } from "lit-html";
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Maps as JSON, by their digest; the newest one only. */
export type EncodedMaps = Map<string, string>;

/**
 * Changes when the map of a run does.
 *
 * @param folder The run folder.
 * @returns A text; empty without a map.
 */
export const stampOfMap = (folder: string): Effect.Effect<string> =>
  Effect.promise(() =>
    stat(join(folder, runFiles.map)).then(
      ({ mtimeMs, size }) => `${size} ${mtimeMs}`,
      () => "",
    )
  );

/**
 * Draws the map.
 *
 * @param folder The run folder.
 * @param maps Gets the map for the script that shows it.
 * @returns What draws it: a template that names the map's digest, nothing
 * without a map; or why it cannot be read.
 */
export const drawMap = (folder: string, maps: EncodedMaps) => () =>
  Effect.gen(function* () {
    const map = yield* readReportMap(folder);
    if (map === undefined) return undefined;
    const encoded = encodeMap(map);
    const json = JSON.stringify(encoded);
    const digest = createHash("sha256").update(json).digest("hex").slice(0, 12);
    maps.clear();
    maps.set(digest, json);
    return html`<div data-map=${digest}>${mapSection(encoded)}</div>`;
  });
