/**
 * Graphs as files that other ONNX tools read.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import {
  type FeedError,
  type Graph,
  type GraphError,
  validate,
} from "@deepcluster/graph";
import {
  encode,
  type ModelTooLargeError,
  withMetadata,
} from "@deepcluster/onnx-format";
import { Effect } from "effect";
import { checkFeeds } from "../feeds.ts";
import { lower } from "@deepcluster/onnx-lowering";

/**
 * Lowers a graph to one self-contained ONNX model, operator set 18.
 *
 * Inputs and outputs keep their names. State that never changes is held by the
 * model; state that changes is an input, and its next value an output called
 * `next NAME`.
 *
 * @param graph What to compute.
 * @param state A tensor for every entry of the graph's state that never
 * changes.
 * @param metadata Words about the model, for its `metadata_props`.
 * @returns A `ModelProto`, or `GraphError` when the graph cannot be run, or
 * `FeedError` when a constant is missing, not wanted, or of another shape or
 * type, or `ModelTooLargeError` when the model would reach 2 GiB.
 *
 * @example A model that doubles
 * ```ts
 * import { onnxModelOf } from "@deepcluster/gpu-backend";
 * import { add, buildGraph, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const bytes = await Effect.runPromise(Effect.gen(function* () {
 *   const x = input("x", [3]);
 *   const graph = yield* buildGraph(() => ({ outputs: { y: add(x, x) } }));
 *   return yield* onnxModelOf(graph, {});
 * }));
 * assert.ok(bytes.length > 0);
 * ```
 */
export const onnxModelOf: (
  graph: Graph,
  state: Tensors,
  metadata?: Readonly<Record<string, string>>,
) => Effect.Effect<Uint8Array, GraphError | FeedError | ModelTooLargeError> =
  Effect.fn("onnxModelOf")(function* (graph, state, metadata = {}) {
    yield* validate(graph);
    const constants = Object.fromEntries(
      Object.entries(graph.state).flatMap(([name, { current, next }]) =>
        next === undefined ? [[name, current]] : []
      ),
    );
    yield* checkFeeds(constants, state);
    const { model } = lower(graph, state);
    const { bytes } = yield* encode(model, { external: false });
    return yield* withMetadata(bytes, metadata);
  });
