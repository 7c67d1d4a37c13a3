/**
 * A graph as plain data that a thread is given to run: a model whose batches
 * are picked from a matrix by the model itself.
 *
 * Handing positions instead of rows saves a pass over every batch, and the
 * engine copies rows faster than JavaScript does.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import type { LoweredGraph } from "../lower.ts";
import type { Model } from "../model.ts";

/** A tensor by its name in a model. */
export interface ThreadPort {
  /** Its name in the model. */
  readonly name: string;
  /** Its sizes. */
  readonly shape: Shape;
  /** Its element type. */
  readonly dtype: DType;
}

/** State that a thread keeps: what is read, and the name of what replaces it. */
export interface ThreadState extends ThreadPort {
  /** Name in the model of the value after a step. */
  readonly next: string;
  /** First value, which becomes the thread's. */
  readonly data: ArrayBufferLike;
}

/** What a thread needs to run a graph step by step. */
export interface ThreadModel {
  /** The model in the ONNX format, with everything that it holds. */
  readonly bytes: Uint8Array;
  /** The matrix from which rows are picked; it becomes the thread's. */
  readonly matrix: ThreadPort & { readonly data: ArrayBufferLike };
  /** What is fed at every step, by its name in the graph. */
  readonly inputs: Readonly<Record<string, ThreadPort>>;
  /** What every step gives, by its name in the graph. */
  readonly outputs: Readonly<Record<string, ThreadPort>>;
  /** Changing state by its name in the graph. */
  readonly state: Readonly<Record<string, ThreadState>>;
}

/** Asks a thread for something. */
export type ThreadRequest =
  | { readonly kind: "open"; readonly model: ThreadModel }
  | {
    readonly kind: "scan";
    readonly steps: number;
    readonly inputs: ThreadArrays;
  }
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly state: ThreadArrays }
  | { readonly kind: "close" };

/**
 * Values of tensors by their names in the graph. They are bare buffers, as Deno
 * (2.9) looks at every element of a typed array in a message: at 63 million in
 * 15 s, with 2.6 GB of memory.
 */
export type ThreadArrays = Readonly<Record<string, ArrayBufferLike>>;

/** What a thread says: first that it is there, then an answer to each request. */
export type ThreadReply =
  | { readonly kind: "done"; readonly arrays: ThreadArrays }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Lets a model pick the rows of an input from a matrix.
 *
 * @param lowered The model.
 * @param input Name of the input in the graph, `[b, d]`.
 * @param rows Rows of the matrix, n.
 * @returns The model, and the names in it of two inputs: `positions`, int32
 * `[b]`, in the place of the rows, and the `matrix` `[n, d]`.
 */
export const pickingRows = (
  { model, inputs }: LoweredGraph,
  input: string,
  rows: number,
): {
  readonly model: Model;
  readonly positions: string;
  readonly matrix: string;
} => {
  const name = inputs.get(input)!;
  const [positions, matrix] = [`${name} positions`, `${name} rows`];
  const pick = {
    name: `${name} pick`,
    operator: "Gather",
    inputs: [matrix, positions],
    outputs: [name],
    attributes: { axis: { i: 0 } },
  };
  return {
    positions,
    matrix,
    model: {
      ...model,
      inputs: model.inputs.flatMap((port) =>
        port.name !== name ? [port] : [
          {
            name: positions,
            shape: [port.shape[0]!],
            dtype: "int32" as const,
          },
          { ...port, name: matrix, shape: [rows, port.shape[1]!] },
        ]
      ),
      nodes: [pick, ...model.nodes],
    },
  };
};
