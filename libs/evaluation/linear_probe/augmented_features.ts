/**
 * Features of augmented training images, other ones in every epoch of a probe.
 *
 * Paper: section 4.3, with the shifts and flips of the authors'
 * `eval_linear.py`; like there, each probe has passes of its own.
 *
 * @module
 */
import { probeTransform } from "@deepcluster/data";
import {
  compileLayers,
  defaultBatch,
  type EvaluatedLayer,
  extractOutputs,
  imagePass,
  transformOptionsOf,
} from "@deepcluster/features";
import {
  folderStore,
  makeFolder,
  openRowFile,
  removeRowFile,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { type EvaluationTask, imagesAt, trainingLabels } from "../task.ts";

/**
 * Features of a layer for a probe to learn from, as `Augmented` wants them.
 *
 * Each epoch is a pass over the training images into a file, which replaces
 * the file of the epoch before: `4 n d` bytes of disk. A pass that was killed
 * goes on where it was, and one that is complete is not done again. The bytes
 * depend on model, images, seed, epoch and engine only.
 *
 * @param task The task.
 * @param layer One of the model's.
 * @param train Places of the training images.
 * @param seed Names the shifts and flips.
 * @param name Key of all that the features depend on.
 * @returns What `linearProbe` learns from, or `StorageError`.
 */
export const augmentedFeatures = Effect.fnUntraced(function* (
  task: EvaluationTask,
  layer: EvaluatedLayer,
  train: Int32Array,
  seed: number,
  name: string,
) {
  const { model, batch = defaultBatch } = task;
  const store = folderStore(task.folder);
  const folder = `augmented/${name}/`;
  yield* makeFolder(store.pathOf(folder));
  const images = imagesAt(task.images, train);
  const fileOf = (epoch: number) => store.pathOf(`${folder}${epoch}.f32`);
  const featuresOf = Effect.fnUntraced(function* (epoch: number) {
    yield* removeRowFile(fileOf(epoch - 1));
    const file = yield* openRowFile(fileOf(epoch), layer.columns);
    const seen = transformOptionsOf(model);
    const transform = probeTransform({ ...seen, seed, epoch });
    const pass = imagePass(images, transform, batch);
    const files = { [layer.name]: file };
    const compile = compileLayers(model, [layer], batch);
    yield* extractOutputs(compile, pass, files, { epoch });
    return yield* file.rows;
  });
  return {
    ...trainingLabels(task, { train }),
    classes: task.data.labels.names.length,
    columns: layer.columns,
    featuresOf,
  };
});

/**
 * Removes what {@link augmentedFeatures} left.
 *
 * @param folder Of the task.
 * @param name As it was told.
 * @returns Nothing, or `StorageError`.
 */
export const removeAugmented: (
  folder: string,
  name: string,
) => Effect.Effect<void, StorageError> = Effect.fnUntraced(function* (
  folder,
  name,
) {
  const store = folderStore(folder);
  for (const path of yield* store.list(`augmented/${name}/`)) {
    yield* store.remove(path);
  }
});
