/**
 * `report RUN`: everything that there is to see of a run, as one file of HTML.
 *
 * @module
 */
import { ImageMemory } from "@deepcluster/data";
import { writeReport } from "@deepcluster/report";
import { engineFlags, layerTypedEngine } from "@deepcluster/runs";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  optionalFlag,
  presentOnly,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { Command, Flag } from "effect/cli";
import { jsonFlag, runArgument, runImagesFlags } from "./run_flags.ts";

/** The command. */
export const report = Command.make(
  "report",
  {
    run: runArgument,
    paths: {
      out: optionalFlag(
        Flag.String("out").pipe(Flag.withMetavar("FILE")),
        "File FILE.html to write",
        "report.html in the run folder",
      ),
      images: runImagesFlags.images,
    },
    cache: flagWithDefault(
      Flag.String("cache").pipe(Flag.withMetavar("DIR")),
      "runs/judged",
      "Folder that keeps features for the next command",
    ),
    content: {
      labelColumn: runImagesFlags.labelColumn,
      layer: optionalFlag(
        Flag.String("layer").pipe(Flag.withMetavar("NAME")),
        "Layer whose filters are shown with the images that activate them " +
          "most, by either name: conv2 or features.6",
        "the last convolution",
      ),
      seed: optionalFlag(
        atLeast("seed", 0),
        "Seed of the map and of the random clusters",
        "the run's",
      ),
      batch: optionalFlag(
        atLeast("extract-batch", 1),
        "Images of one forward pass when features are extracted",
        "the run's",
      ),
    },
    thumbnails: flagWithDefault(
      switchFlag("thumbnails"),
      true,
      "Show images and link to their files (--no-thumbnails: neither, for " +
        "a report to give away)",
    ),
    map: flagWithDefault(
      switchFlag("map"),
      true,
      "Make the map and find the images of filters, which takes a pass " +
        "over the images the first time (--no-map: neither)",
    ),
    json: jsonFlag,
    engine: engineFlags,
  },
  Effect.fnUntraced(function* (
    { run, paths, cache, content, thumbnails, map, json },
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
      json
        ? JSON.stringify({ report: path, bytes, state, epochs, warnings })
        : [
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
    )),
).pipe(
  Command.withExamples([
    {
      command: "deno task report runs/demo",
      description: "Writes runs/demo/report.html",
    },
    {
      command: "deno task report runs/demo --no-thumbnails --out demo.html",
      description: "A page to give away: no images, no paths of this machine",
    },
  ]),
);
