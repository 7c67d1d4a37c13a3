/**
 * An image encoder of others, ready to run on any number of images up to a
 * batch.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  type Matrix,
  matrix,
  type Tensor,
} from "@deepcluster/core";
import {
  Backend,
  type OnnxModel,
  OnnxModelError,
} from "@deepcluster/gpu-backend";
import { averagePool, buildGraph, flatten, input } from "@deepcluster/graph";
import type { EncoderOutput, ImageEncoder } from "@deepcluster/models";
import { Effect, type Scope } from "effect";
import { type EvaluatedLayer, pooledMap } from "./layer_pools.ts";
import type { CompileLayersError, OutputsProgram } from "./outputs_program.ts";

/**
 * Describes the output of an encoder as the one layer that can be read of it.
 *
 * @param output The output.
 * @returns The layer, under the output's name. A map is pooled as those of
 * networks are, unless a pooling is stated.
 */
export const encoderLayer = (
  { name, shape, pooling }: EncoderOutput,
): EvaluatedLayer => {
  const read = { name, layerOutput: name };
  if (shape.length === 1) return { ...read, columns: shape[0]! };
  if (shape.length === 2) return { ...read, columns: shape[1]! };
  const [channels, side] = shape;
  return pooling === "mean"
    ? { ...read, columns: channels! }
    : { ...read, ...pooledMap(channels!, side!) };
};

/**
 * Opens an encoder to compute its layer.
 *
 * Every run has as many images as the model takes at once, or `batch` where it
 * takes any number; the last one is filled up with black images, so that a
 * vector depends on its own image alone.
 *
 * @param encoder The encoder.
 * @param layer Of {@link encoderLayer}.
 * @param batch Images of a run.
 * @returns The program while the scope lasts, its output named as the layer;
 * or `OnnxModelError`, `ShapeError`, or the errors of the engine.
 */
export const compileEncoder: (
  encoder: ImageEncoder,
  layer: EvaluatedLayer,
  batch: number,
) => Effect.Effect<
  OutputsProgram,
  CompileLayersError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (encoder, layer, batch) {
  const backend = yield* Backend;
  const { inner, name } = encoder.output;
  const model = yield* backend.openOnnx(
    encoder.path,
    inner ? name : undefined,
  );
  const size = encoder.batch ?? batch;
  const pool = yield* poolOf(encoder.output, layer, size);
  return Effect.fnUntraced(function* (images) {
    const rows = images.shape[0]!;
    const vectors = matrix(rows, layer.columns);
    for (let start = 0; start < rows; start += size) {
      const feed = feedOf(encoder, images, start, size);
      const outputs = yield* model.run({ [encoder.input]: feed }, [name]);
      const output = yield* asDeclared(model, encoder, size, outputs[name]!);
      const { data } = yield* pool(output);
      const wanted = Math.min(size, rows - start) * layer.columns;
      vectors.data.set(data.subarray(0, wanted), start * layer.columns);
    }
    return () => vectors;
  });
});

/** Images from `start` on as the model is fed them, filled up to `size`. */
const feedOf = (
  { layout, preprocessing: { channels, crop } }: ImageEncoder,
  { data, shape }: FloatTensor,
  start: number,
  size: number,
): FloatTensor => {
  const planes = channels === "grey" ? [0] : [0, 1, 2];
  const order = channels === "bgr" ? planes.toReversed() : planes;
  const pixels = crop * crop;
  const feed = floatTensor(
    layout === "nchw"
      ? [size, order.length, crop, crop]
      : [size, crop, crop, order.length],
  );
  for (let image = 0; image < Math.min(size, shape[0]! - start); image++) {
    for (const [channel, plane] of order.entries()) {
      const from = ((start + image) * 3 + plane) * pixels;
      const values = data.subarray(from, from + pixels);
      const at = image * order.length * pixels;
      if (layout === "nchw") feed.data.set(values, at + channel * pixels);
      else {
        for (let i = 0; i < pixels; i++) {
          feed.data[at + i * order.length + channel] = values[i]!;
        }
      }
    }
  }
  return feed;
};

/** What a model computes may differ from what was learned when it was opened. */
const asDeclared = (
  { name }: OnnxModel,
  { output }: ImageEncoder,
  size: number,
  tensor: Tensor,
): Effect.Effect<FloatTensor, OnnxModelError> => {
  const expected = [size, ...output.shape];
  if (
    tensor.dtype === "float32" && tensor.shape.join() === expected.join()
  ) return Effect.succeed(tensor);
  return Effect.fail(
    new OnnxModelError({
      model: name,
      problem: "output",
      rule: `its output ${output.name} must be [${expected.join(", ")}] for ` +
        `${size} images`,
      value: `it is [${tensor.shape.join(", ")}]`,
    }),
  );
};

/** Makes one vector an image of the output of a run. */
const poolOf = Effect.fnUntraced(function* (
  { shape, pooling }: EncoderOutput,
  { pool, columns }: EvaluatedLayer,
  size: number,
) {
  if (pool !== undefined) {
    const map = input("map", [size, ...shape]);
    const graph = yield* buildGraph(() => ({
      outputs: { pooled: flatten(averagePool(map, pool)) },
    }));
    const backend = yield* Backend;
    const { run } = yield* backend.compile(graph, {});
    return (output: FloatTensor) =>
      Effect.map(
        run({ map: output }),
        ({ pooled }): Matrix =>
          matrix(size, columns, (pooled as FloatTensor).data),
      );
  }
  if (pooling === undefined) {
    return (output: FloatTensor) =>
      Effect.succeed(matrix(size, columns, output.data));
  }
  const [outer, inner] = shape.length === 2
    ? [1, shape[0]!]
    : [shape[0]!, shape[1]! * shape[2]!];
  const take = pooling === "cls" ? 1 : inner;
  return (output: FloatTensor) =>
    Effect.succeed(
      shape.length === 2
        ? meanOfTokens(output.data, size, inner, columns, take)
        : meanOfPixels(output.data, size * outer, inner, size, columns),
    );
});

/** Averages the first tokens of each image: one for the class token. */
const meanOfTokens = (
  data: Float32Array,
  images: number,
  tokens: number,
  columns: number,
  take: number,
): Matrix => {
  const means = matrix(images, columns);
  for (let image = 0; image < images; image++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let token = 0; token < take; token++) {
        sum += data[(image * tokens + token) * columns + column]!;
      }
      means.data[image * columns + column] = sum / take;
    }
  }
  return means;
};

const meanOfPixels = (
  data: Float32Array,
  maps: number,
  pixels: number,
  images: number,
  columns: number,
): Matrix => {
  const means = matrix(images, columns);
  for (let map = 0; map < maps; map++) {
    let sum = 0;
    for (let i = map * pixels; i < (map + 1) * pixels; i++) sum += data[i]!;
    means.data[map] = sum / pixels;
  }
  return means;
};
