/**
 * Which files are ONNX models.
 *
 * An entry of its own (`@deepcluster/model-io/onnx-file`), as it needs no
 * engine.
 *
 * @module
 */
import { isOnnxStart } from "@deepcluster/onnx-format/file-start";
import { readBytes, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/**
 * Tells whether a file is to be opened as an ONNX model.
 *
 * @param path The file.
 * @returns Whether it is called `.onnx` or begins as one, or `StorageError`.
 */
export const isOnnxFile: (
  path: string,
) => Effect.Effect<boolean, StorageError> = Effect.fnUntraced(
  function* (path) {
    if (path.toLowerCase().endsWith(".onnx")) return true;
    const start = yield* readBytes(path, { start: 0, bytes: 9 });
    // A header of safetensors may begin likewise, before its brace.
    return start.length === 9 && start[8] !== 0x7b && isOnnxStart(start);
  },
);
