/**
 * What evaluates are tried on: a model before labelled images.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { openModel } from "@deepcluster/runs";
import { makeClasses } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationTask } from "./task.ts";
import { openEvaluationData } from "./evaluation_data.ts";
import { openEvaluationImages } from "./evaluation_images.ts";

/**
 * Random weights of a small net before separable images of three classes.
 *
 * @param each Images of a class; a fifth of them is held out.
 * @returns The task, with an empty folder for its features.
 */
export const openTask = Effect.fnUntraced(function* (each: number) {
  const root = yield* Effect.promise(() =>
    mkdtemp(join(tmpdir(), "evaluation-"))
  );
  yield* Effect.promise(() => makeClasses(join(root, "images"), each));
  const data = yield* openEvaluationData(join(root, "images"));
  return {
    model: yield* openModel("random", { model: "small", size: 16, seed: 1 }),
    data,
    images: yield* openEvaluationImages(data, { size: 16, folder: root }),
    folder: join(root, "cache"),
  } satisfies EvaluationTask;
}, Effect.provide([Progress.layerSilent, layerReference]));
