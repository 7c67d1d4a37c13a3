/**
 * Runs of a graph on tensors of the process: its state lies in the memory of
 * the process, and results are written into buffers that were allocated once.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { Graph } from "@deepcluster/graph";
import {
  foldNormalization,
  normalizeAfterPool,
  reluAfterPool,
} from "@deepcluster/graph/rewrites";
import { encode } from "@deepcluster/onnx-format";
import {
  lower,
  reversedIn,
  splitProducts,
  splitUpdate,
} from "@deepcluster/onnx-lowering";
import { Effect } from "effect";
import type {
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
} from "../errors.ts";
import { failureOf, messageOf } from "../failures.ts";
import { changingStateOf } from "../feeds.ts";
import type { Execution } from "../program.ts";
import { copied } from "../tensors.ts";
import { allocate, type Bindings, type Buffers } from "./buffers.ts";
import type { MakeExecution, OnnxEngine } from "./execution.ts";
import { openSession } from "./runtime.ts";
import { scanExecution } from "./scan_execution.ts";
import { marker } from "./marker.ts";
import { runSession } from "./session.ts";

/**
 * Opens a session of a graph, or two where large state is replaced in place,
 * or one of any number of steps where they are scanned.
 *
 * @returns What a program runs, or `OutOfMemoryError`, `CompilationError` or
 * `ModelTooLargeError`.
 */
export const hostExecution: MakeExecution = Effect.fnUntraced(
  function* (engine, original, state, options) {
    const graph = withPoolingFirst(foldNormalization(original));
    const split = splitUpdate(graph);
    if (options.scans && split === undefined) {
      return yield* scanExecution(engine, graph, state, options);
    }
    const open = openWith(engine, graph);
    const pass = yield* open(split?.pass ?? graph, state);
    const update = split && (yield* open(split.update, {}));
    const buffers = yield* Effect.try({
      try: () =>
        allocate(
          engine.runtime,
          graph,
          pass.lowered,
          split && { ...split, lowered: update!.lowered },
          state,
          options,
        ),
      catch: (cause) => failureOf("compile", graph, messageOf(cause)),
    });
    return executionOf({ pass, update }, buffers);
  },
);

/**
 * ReLU and normalisation after pooling, but in a first block, whose lowering
 * needs no pass over its maps for either.
 */
const withPoolingFirst = (original: Graph): Graph => {
  const rectifiedLast = reluAfterPool(original);
  const { inBlocks } = reversedIn(rectifiedLast);
  return normalizeAfterPool(
    rectifiedLast,
    ({ pooled }) => !inBlocks.has(pooled),
  );
};

/** Opens sessions of parts of a graph, whose failures name its operators. */
const openWith = (
  { runtime, settings, lowering }: OnnxEngine,
  graph: Graph,
) => {
  // One step follows another.
  const spins = Object.keys(changingStateOf(graph)).length > 0;
  return Effect.fnUntraced(function* (part: Graph, state: Tensors) {
    const lowered = lower(part, state, lowering);
    const model = yield* encode(splitProducts(lowered.model), {
      external: true,
      marker,
    });
    const session = yield* openSession(runtime, model, { ...settings, spins })
      .pipe(
        Effect.mapError((reason) => failureOf("compile", graph, reason)),
      );
    const run = (bindings: Bindings) =>
      runSession(session, bindings).pipe(
        Effect.mapError((reason) => failureOf("run", graph, reason)),
      );
    return { lowered, run };
  });
};

/** Runs a model on bound tensors. */
type Run = (
  bindings: Bindings,
) => Effect.Effect<void, OutOfMemoryError | CompilationError | ExecutionError>;

/** What a program runs at every step, the second where there is one. */
interface Sessions {
  readonly pass: { readonly run: Run };
  readonly update: { readonly run: Run } | undefined;
}

const executionOf = (sessions: Sessions, buffers: Buffers): Execution => {
  const step = stepOf(sessions, buffers);
  return {
    run: (inputs) => Effect.as(step.run(inputs), buffers.outputs),
    read: Effect.andThen(
      step.whole,
      Effect.sync(() =>
        Object.fromEntries(
          Object.entries(buffers.state())
            .map(([name, tensor]) => [name, copied(tensor)]),
        )
      ),
    ),
    write: Effect.fnUntraced(function* (state: Tensors) {
      yield* step.whole;
      const current = buffers.state();
      for (const [name, { data }] of Object.entries(state)) {
        current[name]!.data.set(data);
      }
    }),
    labels: Effect.sync(() => buffers.state()),
  };
};

/**
 * One step: the pass, then the update, then the sets of state change places.
 *
 * An update that fails, for want of memory, leaves state that is neither old
 * nor new: from then on `whole` fails as it did. Not to be interrupted: the
 * library could not stop, and would write to buffers that the next run reads.
 */
const stepOf = ({ pass, update }: Sessions, buffers: Buffers) => {
  let whole: ReturnType<Run> = Effect.void;
  const replace = update === undefined ? Effect.void : Effect.tapError(
    update.run(buffers.update!),
    (error) =>
      Effect.sync(() => {
        whole = Effect.fail(error);
      }),
  );
  return {
    whole: Effect.suspend(() => whole),
    run: (inputs: Tensors) =>
      Effect.suspend(() => whole).pipe(
        Effect.andThen(Effect.suspend(() => pass.run(buffers.pass(inputs)))),
        Effect.andThen(replace),
        Effect.andThen(Effect.sync(buffers.swap)),
      ),
  };
};
