/**
 * What the kernels have in common: how tensors of images are laid out, and what
 * a kernel reads and writes.
 *
 * @module
 */
import type { OperatorOf, OperatorType, Value } from "@deepcluster/graph";
import type { TfjsLibrary } from "./library.ts";
import type { TfTensor } from "./tfjs_types.ts";

/**
 * How a tensor is laid out. `plain`: as the graph says. `images`:
 * `[n, h, w, c]` for a value that is `[n, c, h, w]`, the only layout in which
 * all backends convolve.
 */
export type Layout = "plain" | "images";

/** Layouts of an operator's operands, and of its result. */
export interface Layouts {
  /** One for each operand. */
  readonly reads: readonly Layout[];
  /** That of the result. */
  readonly writes: Layout;
}

/** A value whose operator is known. */
export type ValueOf<T extends OperatorType> = Value & {
  readonly operator: OperatorOf<T>;
};

/** The library, with what was found out about its backend. */
export interface TfjsEngine extends TfjsLibrary {
  /** Whether its gradient of max-pooling goes to the first of equal maxima. */
  readonly exactMaxPoolGradient: boolean;
}

/** How one operator is computed. */
export interface Kernel<T extends OperatorType> {
  /** Layouts to compute in, given what the operands are held in. */
  readonly layouts: (value: ValueOf<T>, held: readonly Layout[]) => Layouts;
  /** Computes it; its caller disposes tensors made on the way. */
  readonly compute: (
    operands: readonly TfTensor[],
    value: ValueOf<T>,
    engine: TfjsEngine,
    layouts: Layouts,
  ) => TfTensor;
}

/** One kernel for every operator of a family. */
export type Kernels<T extends OperatorType> = {
  readonly [K in T]: Kernel<K>;
};

/**
 * Makes a kernel on tensors as the graph says.
 *
 * @param compute What it does.
 * @returns The kernel.
 */
export const plain = <T extends OperatorType>(
  compute: Kernel<T>["compute"],
): Kernel<T> => ({
  layouts: ({ inputs }) => ({
    reads: inputs.map(() => "plain"),
    writes: "plain",
  }),
  compute,
});

/**
 * Makes a kernel of fixed layouts.
 *
 * @param reads Layouts of its operands.
 * @param writes Layout of its result.
 * @param compute What it does.
 * @returns The kernel.
 */
export const fixed = <T extends OperatorType>(
  reads: readonly Layout[],
  writes: Layout,
  compute: Kernel<T>["compute"],
): Kernel<T> => ({ layouts: () => ({ reads, writes }), compute });

/** Permutation from `[n, c, h, w]` to `[n, h, w, c]`. */
export const toImages: readonly number[] = [0, 2, 3, 1];

/** Permutation from `[n, h, w, c]` to `[n, c, h, w]`. */
export const toPlain: readonly number[] = [0, 3, 1, 2];

/** Where an axis of `[n, c, h, w]` is in `[n, h, w, c]`. */
export const axisOfImages: readonly number[] = toPlain;
