/**
 * ONNX models as others write them, small, made of the parts that they use.
 *
 * @module
 */
import proto, { type onnx } from "onnx-proto";

/** `TensorProto.DataType` of some element types. */
export const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** A declared tensor; sizes are numbers, names, or empty names. */
export const port = (
  name: string,
  type: keyof typeof dataTypes,
  shape: readonly (number | string)[],
): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: dataTypes[type],
      shape: {
        dim: shape.map((size) =>
          typeof size === "number"
            ? { dimValue: size }
            : size === ""
            ? {}
            : { dimParam: size }
        ),
      },
    },
  },
});

/** An operator, named after its first output. */
export const node = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  integers: Readonly<Record<string, number | readonly number[]>> = {},
  domain = "",
): onnx.INodeProto => ({
  name: `node ${outputs[0]}`,
  domain,
  opType: operator,
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(integers).map(([name, value]) =>
    typeof value === "number"
      ? { name, type: 2, i: value }
      : { name, type: 7, ints: [...value] }
  ),
});

/** A constant of 32-bit floats. */
export const weights = (
  name: string,
  shape: readonly number[],
  data: Float32Array,
): onnx.ITensorProto => ({
  name,
  dataType: dataTypes.float32,
  dims: [...shape],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** A model's bytes. */
export const foreignModel = (
  graph: Pick<onnx.IGraphProto, "input" | "output" | "node" | "initializer">,
  { opset = 17, ir = 8, domains = [] as readonly string[] } = {},
): Uint8Array =>
  proto.onnx.ModelProto.encode({
    irVersion: ir,
    opsetImport: [
      { domain: "", version: opset },
      ...domains.map((domain) => ({ domain, version: 1 })),
    ],
    graph: { name: "foreign", ...graph },
  }).finish();

/** A model that changes the element type of `x` `[n]` to that of `y`. */
export const casting = (
  from: keyof typeof dataTypes,
  to: keyof typeof dataTypes,
): Uint8Array =>
  foreignModel({
    input: [port("x", from, ["n"])],
    output: [port("y", to, ["n"])],
    node: [node("Cast", ["x"], ["y"], { to: dataTypes[to] })],
  });
