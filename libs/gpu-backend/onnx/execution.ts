/**
 * How ONNX Runtime runs a graph: what the ways for the processor and for GPUs
 * have in common.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { Graph } from "@deepcluster/graph";
import type { Effect, Scope } from "effect";
import type { CompileOptions } from "../backend.ts";
import type { BackendError } from "../errors.ts";
import type { Execution } from "../program.ts";
import type { LowerOptions } from "@deepcluster/onnx-lowering";
import type { OnnxRuntime, SessionSettings } from "./runtime.ts";

/** ONNX Runtime, opened. */
export interface OnnxEngine {
  /** The library. */
  readonly runtime: OnnxRuntime;
  /** Where it computes, with how many threads. */
  readonly settings: SessionSettings;
  /** What graphs are lowered to. */
  readonly lowering: LowerOptions;
}

/**
 * Makes what a program runs of a valid graph and its checked state. Sessions
 * and state are released with the scope.
 */
export type MakeExecution = (
  engine: OnnxEngine,
  graph: Graph,
  state: Tensors,
  options: CompileOptions,
) => Effect.Effect<Execution, BackendError, Scope.Scope>;
