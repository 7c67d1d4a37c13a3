/**
 * The engine as a service: the first of the seams.
 *
 * @module
 */
import type { ByteProducts } from "@deepcluster/onnx-lowering";
import type { Matrix, Tensors } from "@deepcluster/core";
import type { Graph } from "@deepcluster/graph";
import { Context, type Effect, type Scope } from "effect";
import type { BackendError, OnnxModelError } from "./errors.ts";
import type { ProductModels } from "./onnx/multiplier.ts";
import type { OnnxModel } from "./onnx_model.ts";

/**
 * Which engine runs: all that its results may depend on. Reports and cache
 * keys hold exactly these fields.
 */
export interface EngineIdentity {
  /** Name of the engine, such as `onnx`. */
  readonly engine: string;
  /** Where it computes, such as `cpu`. */
  readonly provider: string;
  /** Threads of one operator. Other counts give other bits. */
  readonly threads: number;
  /**
   * Name and version of the library behind it, and the GPU that it computes on,
   * such as `onnxruntime-node 1.30.0 on NVIDIA H200`.
   */
  readonly version: string;
}

/** What an engine can do: callers ask this, never for its name. */
export interface Capabilities {
  /**
   * Whether threads of this process compute faster side by side, each with a
   * single-threaded engine of its own, than one engine with as many threads.
   */
  readonly enginePerThread: boolean;
  /**
   * Whether its tensors take a device's own memory, which the memory of the
   * process does not include.
   */
  readonly deviceMemory: boolean;
  /** Which products of 8-bit integers it computes with exact sums. */
  readonly byteProducts: ByteProducts;
  /** Whether it interprets graphs in plain loops, for tiny sizes only. */
  readonly interpreted: boolean;
  /**
   * Steps that one `Program.scan` should make, at least 1: more than 1 where
   * state crosses between the process and a device at every call, or where a
   * call costs as much as some operators.
   */
  readonly stepsPerScan: number;
  /**
   * Most bytes of inputs that these steps should have; of more, one step should
   * be made at a time. Default: any number.
   */
  readonly scanBytes?: number;
}

/** An engine that runs. */
export interface BackendInfo {
  /** Which one it is. */
  readonly identity: EngineIdentity;
  /** What it can do. */
  readonly capabilities: Capabilities;
}

/** A compiled graph, with its state. */
export interface Program {
  /**
   * Runs the graph once and moves its state one step on.
   *
   * Outputs stay valid until the next run: copy what must outlive it. A failed
   * run leaves the state as it was, and so does an interrupted one that had
   * not begun; one that has begun is finished first. Runs of one program never
   * overlap. Where an executor overwrites state and memory fails amid that,
   * the state is lost: every later call of the program fails likewise.
   *
   * Fails with `FeedError` when an input is missing, unknown, or of another
   * shape or type, with `LabelError` when a label among the inputs or the
   * state is none of the classes, with `OutOfMemoryError`, or with
   * `ExecutionError`.
   */
  readonly run: (inputs: Tensors) => Effect.Effect<Tensors, BackendError>;
  /**
   * Runs the graph several times, as `run` one after the other would, with the
   * same results bit by bit. JAX calls it `lax.scan`.
   *
   * Inputs are stacked: each has a first axis of `steps` elements more than in
   * the graph. So are the outputs. One that fails leaves the state as it was
   * before one of the steps. All else is as in `run`.
   */
  readonly scan: (
    steps: number,
    inputs: Tensors,
  ) => Effect.Effect<Tensors, BackendError>;
  /** Copies the state that changes: every entry of the graph with `next`. */
  readonly read: Effect.Effect<Tensors, BackendError>;
  /**
   * Replaces state that changes, by copies; the rest keeps its value.
   *
   * Fails with `FeedError`, and then replaces nothing, when a name is no state
   * that changes, or a tensor is of another shape or type.
   */
  readonly write: (state: Tensors) => Effect.Effect<void, BackendError>;
}

/** How a program is made. */
export interface CompileOptions {
  /**
   * Whether the program may keep and overwrite tensors of the state instead of
   * copying them, so that large ones are in memory once. The caller must not
   * use any of them afterwards. Default: false.
   */
  readonly donateState?: boolean;
  /**
   * Whether the program is called by `scan`, for several steps at once, which
   * an executor may then make one run. Default: false.
   */
  readonly scans?: boolean;
}

/** An input whose rows are picked from a matrix. */
export interface PickedInput {
  /** Name of the input, of shape `[b, d]`. */
  readonly input: string;
  /** `[n, d]`, donated: the caller must not use it afterwards. */
  readonly matrix: Matrix;
}

/** Compiles graphs into programs. */
export class Backend extends Context.Service<Backend, {
  /** Which engine this is, and what it can do. */
  readonly info: BackendInfo;
  /**
   * Compiles a graph and loads its state: one tensor for every entry of
   * `graph.state`. State without `next` is constant for the program's life,
   * so an executor may fold it. Released with the scope.
   *
   * Fails with `GraphError` when the graph cannot be run, with `FeedError`
   * when state is missing, unknown, or of another shape or type, with
   * `OutOfMemoryError`, or with `CompilationError`.
   */
  readonly compile: (
    graph: Graph,
    state: Tensors,
    options?: CompileOptions,
  ) => Effect.Effect<Program, BackendError, Scope.Scope>;
  /**
   * Compiles a graph for a thread of its own, with an engine of one thread
   * there, so that several programs run side by side and this thread meanwhile
   * does other things. One input is fed positions of rows, int32 `[b]`, in the
   * place of rows. All else is as in `compile`; what goes wrong as the thread
   * starts or ends is an `ExecutionError`. Default: the engine cannot, or it
   * is not faster.
   */
  readonly compileInThread?: (
    graph: Graph,
    state: Tensors,
    picked: PickedInput,
  ) => Effect.Effect<Program, BackendError, Scope.Scope>;
  /**
   * Models of products for plain code in any thread, which
   * `@deepcluster/gpu-backend/multiplier` runs. Default: there are none.
   */
  readonly productModels?: ProductModels;
  /**
   * Opens an ONNX model of others, which stays as it is. Released with the
   * scope.
   *
   * The model is its path, beside which its weights may lie, or its bytes. Of
   * a path, `inner` names a tensor that is computed on the way, to be an output
   * as well.
   *
   * Fails with `OnnxModelError` when there is no such model, when the engine
   * cannot run it, or when the engine runs no ONNX models at all.
   */
  readonly openOnnx: (
    model: string | Uint8Array,
    inner?: string,
  ) => Effect.Effect<OnnxModel, OnnxModelError, Scope.Scope>;
}>()("@deepcluster/gpu-backend/Backend") {}
