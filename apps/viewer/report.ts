/**
 * `report RUN`: everything that there is to see of a run, as one file of HTML.
 *
 * @module
 */
import { ImageMemory } from "@deepcluster/data";
import { writeReport } from "@deepcluster/report";
import { layerTypedEngine } from "@deepcluster/runs";
import { fromHere, presentOnly, shown } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import type { Values } from "./report_flags.ts";

/** Does what `report` was asked for. */
export const run = Effect.fnUntraced(function* (
  { run, paths, cache, content, thumbnails, map, json }: Values,
) {
  const { out, images } = presentOnly(paths);
  const written = yield* writeReport(fromHere(run), {
    ...presentOnly(content),
    thumbnails,
    map,
    cache: fromHere(cache),
    ...out !== undefined && { out: fromHere(out) },
    ...images !== undefined && { images: fromHere(images) },
  });
  const { path, bytes, history, warnings } = written;
  const { state, epochs } = history;
  yield* Console.log(
    json ? JSON.stringify({ report: path, bytes, state, epochs, warnings }) : [
      ...warnings.map(({ text, advice }) => `Warning: ${text}; ${advice}`),
      `Wrote ${shown(path)}: ${epochs.length} epoch` +
      `${epochs.length === 1 ? "" : "s"} of ${shown(history.folder)}, ${
        (bytes / 1e6).toFixed(1)
      } MB; open it ` +
      "in any browser",
    ].join("\n"),
  );
}, (work, { engine }) =>
  work.pipe(
    Effect.scoped,
    Effect.provide(layerTypedEngine(engine)),
    Effect.provideService(ImageMemory, {}),
  ));
