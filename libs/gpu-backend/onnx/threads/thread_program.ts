/**
 * Programs in threads of their own, which run side by side.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  mapRecord,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import {
  FeedError,
  type Graph,
  showType,
  validate,
  type Value,
} from "@deepcluster/graph";
import { encode } from "@deepcluster/onnx-format";
import { Effect, type Scope } from "effect";
import type { PickedInput, Program } from "../../backend.ts";
import type { BackendError } from "../../errors.ts";
import { failureOf } from "../../failures.ts";
import { changingStateOf, checkFeeds, stateOf } from "../../feeds.ts";
import { programOf } from "../../program.ts";
import { stacked, stackOfOne, stepOf } from "../../steps.ts";
import { copied } from "../../tensors.ts";
import {
  lower,
  type LoweredGraph,
  type LowerOptions,
} from "@deepcluster/onnx-lowering";
import { marker } from "../marker.ts";
import type { Ask } from "./thread.ts";
import { scannedSteps } from "./scanned_steps.ts";
import type { ThreadArrays, ThreadModel, ThreadPort } from "./thread_model.ts";

/**
 * Compiles a graph for a thread of its own: see `Backend.compileInThread`.
 * Changing state takes its size there twice, what is read and what is written.
 *
 * @param options What the graph is lowered to.
 * @param thread Lends a thread.
 * @returns What compiles.
 */
export const compileInThread = (
  options: LowerOptions,
  thread: Effect.Effect<Ask, string, Scope.Scope>,
): (
  graph: Graph,
  state: Tensors,
  picked: PickedInput,
) => Effect.Effect<Program, BackendError, Scope.Scope> =>
  Effect.fn("compileInThread")(function* (graph, state, picked) {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), state);
    const fed = yield* fedByPositions(graph, picked);
    const lowered = lower(graph, state, options);
    const model = yield* threadModel(graph, lowered, state, picked);
    const failed = (reason: string) => failureOf("run", graph, reason);
    const ask = yield* Effect.mapError(thread, failed);
    yield* ask({ kind: "open", model }, [model.matrix.data]).pipe(
      Effect.mapError((reason) => failureOf("compile", graph, reason)),
    );
    const changing = changingStateOf(graph);
    const scan = (steps: number, inputs: Tensors) =>
      ask({ kind: "scan", steps, inputs: arraysOf(inputs) }).pipe(
        Effect.map((arrays) =>
          tensorsOf(stacked(graph.outputs, steps), arrays)
        ),
        Effect.mapError(failed),
      );
    const read = ask({ kind: "read" }).pipe(
      Effect.map((arrays) => tensorsOf(changing, arrays)),
      Effect.mapError(failed),
    );
    return yield* programOf(fed, {
      scan,
      run: (inputs) =>
        Effect.map(
          scan(1, mapRecord(inputs, stackOfOne)),
          (outputs) => mapRecord(outputs, (tensor) => stepOf(tensor, 0)),
        ),
      read,
      write: (tensors) =>
        ask({ kind: "write", state: arraysOf(tensors) }).pipe(
          Effect.asVoid,
          Effect.mapError(failed),
        ),
      labels: read,
    });
  });

/** The graph as its program is fed: with positions in the place of rows. */
const fedByPositions = Effect.fnUntraced(function* (
  graph: Graph,
  { input, matrix }: PickedInput,
): Effect.fn.Return<Graph, FeedError> {
  const rows = graph.inputs[input];
  const expected = rows && showType(rows.shape, rows.dtype);
  const [height = 0] = rows?.shape ?? [];
  const actual = showType([height, matrix.columns], "float32");
  if (rows === undefined || expected !== actual) {
    return yield* new FeedError({ name: input, expected, actual });
  }
  const positions: Value = { ...rows, shape: [height], dtype: "int32" };
  return { ...graph, inputs: { ...graph.inputs, [input]: positions } };
});

const threadModel = Effect.fnUntraced(function* (
  graph: Graph,
  lowered: LoweredGraph,
  state: Tensors,
  { input, matrix }: PickedInput,
) {
  const { rows, columns } = matrix;
  const scanned = scannedSteps(lowered, input, rows);
  const { model, inputs, outputs, next } = scanned;
  const { bytes } = yield* encode(model, { external: false, marker });
  const portsOf = (
    values: Readonly<Record<string, Value>>,
    names: ReadonlyMap<string, string>,
  ) => mapRecord(values, (value, name) => portOf(value, names.get(name)!));
  return {
    bytes,
    matrix: {
      name: scanned.matrix,
      shape: [rows, columns],
      dtype: "float32",
      data: bufferOf(matrix.data),
    },
    inputs: {
      ...portsOf(graph.inputs, inputs),
      [input]: {
        name: inputs.get(input)!,
        shape: graph.inputs[input]!.shape.slice(0, 1),
        dtype: "int32",
      },
    },
    outputs: portsOf(graph.outputs, outputs),
    state: mapRecord(changingStateOf(graph), (value, name) => ({
      ...portOf(value, inputs.get(name)!),
      next: next.get(name)!,
      data: bufferOf(copied(state[name]!).data),
    })),
  } satisfies ThreadModel;
});

/** Memory that holds values and nothing else, and that can be handed over. */
const bufferOf = (data: Float32Array | Int32Array): ArrayBuffer => {
  const { buffer, byteLength } = data;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? buffer
    : data.slice().buffer as ArrayBuffer;
};

const portOf = ({ shape, dtype }: Value, name: string): ThreadPort => ({
  name,
  shape,
  dtype,
});

const arraysOf = (tensors: Tensors): ThreadArrays =>
  mapRecord(tensors, ({ data }) => bufferOf(data));

const tensorsOf = (
  values: Readonly<Record<string, Value>>,
  arrays: ThreadArrays,
): Tensors =>
  mapRecord(
    values,
    ({ shape, dtype }, name): Tensor =>
      dtype === "int32"
        ? intTensor(shape, new Int32Array(arrays[name]!))
        : floatTensor(shape, new Float32Array(arrays[name]!)),
  );
