/**
 * Tensors between the host and TensorFlow.js, and between its layouts.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import { Effect } from "effect";
import { messageOf } from "../failures.ts";
import { type Layout, toImages, toPlain } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Tensors of the library by name. */
export type TfTensorsByName = ReadonlyMap<string, TfTensor>;

/**
 * Gives tensors to the backend.
 *
 * @param tf The library, the backend active.
 * @param tensors By name.
 * @param donate Whether the backend may keep the arrays. Default: it gets
 * copies.
 * @returns The library's tensors.
 */
export const upload = (
  tf: Tf,
  tensors: Tensors,
  donate = false,
): TfTensorsByName => {
  const uploaded = tf.tidy(() =>
    Object.values(tensors).map(({ data, shape, dtype }) =>
      tf.tensor(donate ? data : data.slice(), [...shape], dtype)
    )
  );
  return new Map(Object.keys(tensors).map((name, i) => [name, uploaded[i]!]));
};

/**
 * Copies tensors from the backend.
 *
 * @param values Values of the graph, by name.
 * @param tensorOf The library's tensor for each, plain.
 * @returns Copies on the host, or what the library says when it fails.
 */
export const download = (
  values: Readonly<Record<string, Value>>,
  tensorOf: (name: string, value: Value) => TfTensor,
): Effect.Effect<Tensors, string> =>
  Effect.map(
    Effect.forEach(
      Object.entries(values),
      ([name, value]) =>
        Effect.tryPromise({
          try: () => tensorOf(name, value).data(),
          catch: messageOf,
        }).pipe(
          // The backend may hand out the array that it keeps.
          Effect.map((data): [string, Tensor] => [
            name,
            value.dtype === "int32"
              ? intTensor(value.shape, Int32Array.from(data))
              : floatTensor(value.shape, Float32Array.from(data)),
          ]),
        ),
      { concurrency: "unbounded" },
    ),
    Object.fromEntries<Tensor>,
  );

/**
 * Disposes tensors.
 *
 * @param tensors Which.
 */
export const disposeAll = (tensors: Iterable<TfTensor>): void => {
  for (const tensor of tensors) tensor.dispose();
};

/** A value in the layouts in which it has been wanted so far. */
export interface HeldTensor {
  /** The tensor in a layout, made when it is first wanted so. */
  readonly as: (layout: Layout) => TfTensor;
  /** Disposes it in all layouts. */
  readonly dispose: () => void;
}

/**
 * Holds a tensor.
 *
 * @param tf The library.
 * @param tensor The tensor.
 * @param layout How it is laid out.
 * @returns See {@link HeldTensor}.
 */
export const hold = (
  tf: Tf,
  tensor: TfTensor,
  layout: Layout,
): HeldTensor => {
  const forms = new Map([[layout, tensor]]);
  return {
    as: (layout) => {
      const form = forms.get(layout) ??
        tf.transpose(tensor, [...layout === "images" ? toImages : toPlain]);
      forms.set(layout, form);
      return form;
    },
    dispose: () => {
      for (const form of forms.values()) form.dispose();
    },
  };
};
