/**
 * Files that get a field more. Messages of protocol buffers merge when their
 * bytes follow one another: fields that repeat add up.
 *
 * @module
 */
import { Effect } from "effect";
import type { onnx } from "onnx-proto";

/**
 * Makes a tensor that a model computes one of its outputs.
 *
 * @param bytes An ONNX file.
 * @param name Of the tensor; the engine finds out its type and shape.
 * @returns The file with the output.
 */
export const withOutput = (
  bytes: Uint8Array,
  name: string,
): Effect.Effect<Uint8Array> => merge(bytes, { graph: { output: [{ name }] } });

/**
 * Adds words about a model.
 *
 * @param bytes An ONNX file.
 * @param metadata The words by name, for its `metadata_props`.
 * @returns The file with the words.
 */
export const withMetadata = (
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Effect.Effect<Uint8Array> =>
  merge(bytes, {
    metadataProps: Object.entries(metadata)
      .map(([key, value]) => ({ key, value })),
  });

const merge = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  more: onnx.IModelProto,
): Effect.fn.Return<Uint8Array> {
  const { default: proto } = yield* Effect.promise(() => import("onnx-proto"));
  const added = proto.onnx.ModelProto.encode(more).finish();
  if (added.byteLength === 0) return bytes;
  const merged = new Uint8Array(bytes.byteLength + added.byteLength);
  merged.set(bytes);
  merged.set(added, bytes.byteLength);
  return merged;
});
