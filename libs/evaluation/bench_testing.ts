/**
 * What judges are tried on: a model before labelled images.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { openJudged } from "@deepcluster/runs";
import { makeClasses } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { openJudgedData } from "./judged_data.ts";
import { openJudgedImages } from "./judged_images.ts";

/**
 * Random weights of a small net before separable images of three classes.
 *
 * @param each Images of a class; a fifth of them is held out.
 * @returns The bench, with an empty folder for its features.
 */
export const openBench = Effect.fnUntraced(function* (each: number) {
  const root = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "judging-")));
  yield* Effect.promise(() => makeClasses(join(root, "images"), each));
  const data = yield* openJudgedData(join(root, "images"));
  return {
    model: yield* openJudged("random", { model: "small", size: 16, seed: 1 }),
    data,
    images: yield* openJudgedImages(data, { size: 16, folder: root }),
    folder: join(root, "cache"),
  } satisfies Bench;
}, Effect.provide(Progress.layerSilent));
