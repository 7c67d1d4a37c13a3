/**
 * The messages between the thread that reads rows and the worker that builds a
 * graph of them.
 *
 * @module
 */
import { Schema } from "effect";
import { Rpc, RpcGroup } from "effect/rpc";
import { Transferable } from "effect/workers";
import { GraphError } from "./errors.ts";

/** A buffer, not a view: Deno passes views element by element. */
const Shared = Transferable.schema(
  Schema.instanceOf(SharedArrayBuffer),
  () => [],
);

/** What the worker does. */
export const GraphWorker = RpcGroup.make(
  /** Begins a graph of rows with so many values. */
  Rpc.make("begin", { payload: { columns: Schema.Int }, error: GraphError }),
  /** Adds the first `count` rows of a buffer as rows `first` and so on. */
  Rpc.make("add", {
    payload: {
      first: Schema.Int,
      count: Schema.Int,
      rows: Shared,
    },
    error: GraphError,
  }),
  /** Writes the graph to a file. */
  Rpc.make("save", { payload: { path: Schema.String }, error: GraphError }),
);
