/**
 * Models of single products, as `multiplier.ts` runs them.
 *
 * @module
 */
import {
  encode,
  type ModelWriter,
  modelWriter,
} from "@deepcluster/onnx-format";
import { Effect } from "effect";
import { marker } from "./marker.ts";
import type { ProductModels } from "./multiplier.ts";

/** Encodes the models. */
export const productModels: Effect.Effect<ProductModels> = Effect.gen(
  function* () {
    return { bytes: yield* encoded(ofBytes), floats: yield* encoded(ofFloats) };
  },
);

const encoded = (write: (writer: ModelWriter) => void) => {
  const writer = modelWriter();
  write(writer);
  return encode(writer.finish(), { external: false, marker }).pipe(
    Effect.orDie,
    Effect.map(({ bytes }) => bytes),
  );
};

const shapes = { left: ["m", "d"], right: ["d", "n"], products: ["m", "n"] };

const ofBytes = (writer: ModelWriter): void => {
  const factor = (
    name: "left" | "right",
    dtype: "uint8" | "int8",
  ) => writer.input({ name, shape: shapes[name], dtype });
  const [products] = writer.node("product", "MatMulInteger", [
    factor("left", "uint8"),
    factor("right", "int8"),
    writer.input({ name: "zeroPoint", shape: [], dtype: "uint8" }),
  ]);
  writer.output(
    { name: "products", shape: shapes.products, dtype: "int32" },
    products,
  );
};

const ofFloats = (writer: ModelWriter): void => {
  const factor = (name: "left" | "right") =>
    writer.input({ name, shape: shapes[name], dtype: "float32" });
  const [products] = writer.node("product", "MatMul", [
    factor("left"),
    factor("right"),
  ]);
  writer.output(
    { name: "products", shape: shapes.products, dtype: "float32" },
    products,
  );
};
