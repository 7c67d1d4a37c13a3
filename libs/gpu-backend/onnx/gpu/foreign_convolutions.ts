/**
 * Models of others whose convolutions ONNX Runtime computes wrongly on WebGPU.
 * Unlike our own graphs they run as they stand, so that they are refused.
 *
 * @module
 */
import { decode } from "@deepcluster/onnx-format";
import { Effect } from "effect";
import type { onnx } from "onnx-proto";
import { isWrongOnGpu } from "@deepcluster/onnx-lowering";

/**
 * Looks for a convolution that WebGPU gets wrong, among those whose filter
 * stands in the model.
 *
 * @param bytes An ONNX file.
 * @returns What is wrong with the first one; nothing where there is none, or
 * where the bytes are no model.
 */
export const wrongConvolutionIn: (
  bytes: Uint8Array,
) => Effect.Effect<string | undefined> = Effect.fnUntraced(function* (bytes) {
  const model = yield* decode(bytes);
  if (model === undefined) return undefined;
  const { node = [], initializer = [] } = model.graph ?? {};
  const shapes = new Map(
    (initializer ?? []).map((
      { name, dims },
    ) => [name, (dims ?? []).map(Number)]),
  );
  return (node ?? []).map((node) => wrongIn(node, shapes.get(node.input?.[1])))
    .find((wrong) => wrong !== undefined);
});

const wrongIn = (
  { name, opType, attribute }: onnx.INodeProto,
  filterShape: readonly number[] | undefined,
): string | undefined => {
  if (filterShape?.length !== 3 && filterShape?.length !== 4) return undefined;
  const setting = (name: string) =>
    attribute?.find((attribute) => attribute.name === name);
  const isEach = (name: string, value: number) =>
    (setting(name)?.ints ?? []).every((each) => Number(each) === value);
  const groups = Number(setting("group")?.i ?? 1);
  const [first, second, ...kernel] = filterShape as [number, number];
  const isProduct = groups === 1 && kernel.every((size) => size === 1) &&
    isEach("strides", 1) && isEach("pads", 0);
  const isWrong = opType === "Conv"
    ? !isProduct && isWrongOnGpu({ filterShape, groups })
    : opType === "ConvTranspose" && groups > 1 && second === 1 &&
      (first / groups) % 2 === 0;
  return isWrong
    ? `${opType} ${name} with a filter of ${filterShape.join("x")}` +
      (groups === 1 ? "" : ` in ${groups} groups`)
    : undefined;
};
