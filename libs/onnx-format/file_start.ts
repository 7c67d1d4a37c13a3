/**
 * How an ONNX file begins.
 *
 * An entry of its own (`@deepcluster/onnx-format/file-start`), for programs
 * that only tell files apart.
 *
 * @module
 */

/**
 * Tells an ONNX file from other model files by its first bytes.
 *
 * A `ModelProto` begins with its version, a small number in field 1, and goes
 * on with another field that is text, bytes or a message.
 *
 * @param start The first bytes, at least 3.
 * @returns Whether they can be those of an ONNX file.
 */
export const isOnnxStart = (start: Uint8Array): boolean =>
  start[0] === 0x08 && start[1]! > 0 && start[1]! < 0x40 &&
  [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72].includes(start[2]!);
