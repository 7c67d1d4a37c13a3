/**
 * Bytes in the ONNX format as messages of protocol buffers.
 *
 * Reference: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 *
 * @module
 */
import { Effect } from "effect";
import type { onnx } from "onnx-proto";

/**
 * Decodes a model.
 *
 * @param bytes All of an ONNX file.
 * @returns Its `ModelProto`, or nothing when the bytes are none.
 */
export const decode: (
  bytes: Uint8Array,
) => Effect.Effect<onnx.ModelProto | undefined> = Effect.fnUntraced(
  function* (bytes) {
    const { default: proto } = yield* Effect.promise(() =>
      import("onnx-proto")
    );
    return yield* Effect.orElseSucceed(
      Effect.try({
        try: () => proto.onnx.ModelProto.decode(bytes),
        catch: () => undefined,
      }),
      () => undefined,
    );
  },
);
