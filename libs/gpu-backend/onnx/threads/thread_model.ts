/**
 * A graph as plain data that a thread is given to run, and what it is asked.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";

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
  /** Name in the model of the value after the last step of a run. */
  readonly next: string;
  /** First value, which becomes the thread's. */
  readonly data: ArrayBufferLike;
}

/** What a thread needs to run a graph step by step. */
export interface ThreadModel {
  /** The model in the ONNX format, with everything that it holds. */
  readonly bytes: Uint8Array;
  /** The matrix from which rows are picked; it becomes the thread's. */
  readonly matrix: ThreadPort & { readonly data: ArrayBuffer };
  /** What a step is fed, by its name in the graph; a run has many, stacked. */
  readonly inputs: Readonly<Record<string, ThreadPort>>;
  /** What a step gives, by its name in the graph; a run does so stacked. */
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
