/**
 * Products of matrices for plain code in any thread: this file and ONNX
 * Runtime are all that a thread loads, so that it starts in a fraction of a
 * second. There are no Effects here; what fails rejects with the words of the
 * library.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { runBound } from "./bound_run.ts";
import { commonOptions } from "./session_options.ts";

/** Models of products in the ONNX format: plain data, which threads exchange. */
export interface ProductModels {
  /** Of 8-bit integers. */
  readonly bytes: Uint8Array;
  /** Of 32-bit floats. */
  readonly floats: Uint8Array;
}

/** `[m, d]` times `[d, n]`. */
export interface ProductSizes {
  /** Rows of the first factor. */
  readonly m: number;
  /** Terms of a sum. */
  readonly d: number;
  /** Columns of the second factor. */
  readonly n: number;
}

/** Multiplies in one thread, into memory of the caller; one product at a time. */
export interface Multiplier {
  /**
   * Writes `(left - zeroPoint) right` to `products`, exactly where
   * `Capabilities.byteProducts` says so. Arrays may be longer than needed, and
   * none may be in shared memory, which the library does not take.
   */
  readonly bytes: (
    left: Uint8Array,
    right: Int8Array,
    products: Int32Array,
    sizes: ProductSizes,
    zeroPoint: number,
  ) => Promise<void>;
  /** Writes `left right` to `products`, likewise. */
  readonly floats: (
    left: Float32Array,
    right: Float32Array,
    products: Float32Array,
    sizes: ProductSizes,
  ) => Promise<void>;
  /** Releases what was opened. */
  readonly release: () => Promise<void>;
}

/**
 * Prepares products; the library and the models are opened when first needed.
 *
 * @param models `Backend.productModels`.
 * @returns The products, for the thread that calls this.
 */
export const openMultiplier = (models: ProductModels): Multiplier => {
  const opened = new Map<keyof ProductModels, Promise<Opened>>();
  const sessionOf = (name: keyof ProductModels): Promise<Opened> => {
    const session = opened.get(name) ?? open(models[name]);
    opened.set(name, session);
    return session;
  };
  return {
    bytes: async (left, right, products, { m, d, n }, zeroPoint) => {
      const { session, tensor } = await sessionOf("bytes");
      await runBound(session, {
        left: tensor("uint8", left.subarray(0, m * d), [m, d]),
        right: tensor("int8", right.subarray(0, d * n), [d, n]),
        zeroPoint: tensor("uint8", Uint8Array.of(zeroPoint), []),
      }, { products: tensor("int32", products.subarray(0, m * n), [m, n]) });
    },
    floats: async (left, right, products, { m, d, n }) => {
      const { session, tensor } = await sessionOf("floats");
      await runBound(session, {
        left: tensor("float32", left.subarray(0, m * d), [m, d]),
        right: tensor("float32", right.subarray(0, d * n), [d, n]),
      }, { products: tensor("float32", products.subarray(0, m * n), [m, n]) });
    },
    release: async () => {
      const sessions = await Promise.all(opened.values());
      await Promise.all(sessions.map(({ session }) => session.release()));
    },
  };
};

/** A session, and the tensors that it takes. */
interface Opened {
  readonly session: InferenceSession;
  readonly tensor: (
    type: "uint8" | "int8" | "int32" | "float32",
    data: Uint8Array | Int8Array | Int32Array | Float32Array,
    shape: readonly number[],
  ) => Tensor;
}

const open = async (model: Uint8Array): Promise<Opened> => {
  const runtime = await import("onnxruntime-node");
  runtime.env.logLevel = "fatal";
  const session = await runtime.InferenceSession.create(
    model,
    commonOptions({ provider: "cpu", threads: 1 }),
  );
  return {
    session,
    tensor: (type, data, shape) => new runtime.Tensor(type, data, shape),
  };
};
