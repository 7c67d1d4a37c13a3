/**
 * What is shown of a run besides what it is doing: sections of its report,
 * drawn again when there is something new in them.
 *
 * @module
 */
import {
  historySection,
  keyFigures,
  type RunHistory,
  warningsOf,
  warningsSection,
} from "@deepcluster/report";
import { Effect, type Scope } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawClusters } from "./clusters_part.ts";
import { drawMap, type EncodedMaps, stampOfMap } from "./map_part.ts";
import { type Part, partOf } from "./parts.ts";
import { makeSlowPart } from "./slow_part.ts";

/** What is drawn of a run besides what it is doing. */
export interface Sections {
  /** Ids of their elements, in the order of the page. */
  readonly ids: readonly string[];
  /** Draws what there is by now, without waiting for what takes long. */
  readonly draw: (history: RunHistory) => Effect.Effect<readonly Part[]>;
  /** The map that is shown, as JSON, by the digest that its part names. */
  readonly maps: EncodedMaps;
}

/**
 * Makes the sections of a run. Thumbnails are kept in a temporary folder while
 * the scope lasts, as nothing is written in a run folder.
 *
 * @param folder The run folder.
 * @returns The sections.
 */
export const makeSections = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<Sections, never, Scope.Scope> {
  const thumbnails = join(yield* temporaryFolder, "thumbnails.db");
  const maps: EncodedMaps = new Map();
  let drawn: { stamp: string; parts: readonly Part[] } | undefined;
  const clusters = yield* makeSlowPart(
    "clusters",
    (history: RunHistory) =>
      Effect.succeed(
        `${history.epochs.at(-1)?.epoch} ${history.configuration.images}`,
      ),
    drawClusters(folder, thumbnails),
  );
  const map = yield* makeSlowPart(
    "map",
    ({ epochs }: RunHistory) =>
      Effect.map(stampOfMap(folder), (stamp) => `${stamp} ${epochs.length}`),
    drawMap(folder, maps),
  );
  return {
    ids: ["figures", "warnings", "curves", clusters.id, map.id],
    maps,
    draw: Effect.fnUntraced(function* (history) {
      const stamp = stampOf(history);
      if (drawn?.stamp !== stamp) {
        const isNew = history.epochs.length === 0;
        drawn = {
          stamp,
          parts: [
            partOf("figures", keyFigures(history)),
            partOf(
              "warnings",
              isNew ? undefined : warningsSection(warningsOf(history)),
            ),
            partOf(
              "curves",
              isNew ? undefined : yield* historySection(history),
            ),
          ],
        };
      }
      return [
        ...drawn.parts,
        yield* clusters.now(history),
        yield* map.now(history),
      ];
    }),
  };
});

/** Changes with every clustering and every trained epoch. */
const stampOf = ({ epochs, processes, configuration }: RunHistory): string =>
  [
    processes[0]?.startedAt,
    configuration.epochs,
    epochs.length,
    epochs.at(-1)?.training?.loss,
  ].join(" ");

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "deepcluster-watch-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
);
