/**
 * What is known of an engine before it is loaded: a row of the table in
 * `engines.ts`.
 *
 * @module
 */
import type { Layer } from "effect";
import type { Backend, Capabilities } from "./backend.ts";
import type { EngineUnavailableError, ProviderMissingError } from "./errors.ts";

/** A processor that an engine computes on. */
export interface Provider {
  /** What it is, in a few words. */
  readonly description: string;
  /** Largest number of threads of one operator. Default: 1024. */
  readonly maxThreads?: number;
  /** What it can do, as far as it is known before. Default: nothing is. */
  readonly capabilities?: Pick<Capabilities, "deviceMemory">;
}

/** How an engine is opened. */
export interface EngineSettings<P extends string = string> {
  /** Where it computes. */
  readonly provider: P;
  /** Threads of one operator, at least 1. */
  readonly threads: number;
  /**
   * Path that its files of timings begin with, one or two files a program, in
   * the format of Chrome's tracing. Default: none are written.
   */
  readonly profile?: string;
  /**
   * Whether a GPU may be one that the processor imitates, which is slower than
   * the processor itself. Default: false.
   */
  readonly software?: boolean;
}

/** An engine, known before it is loaded. */
export interface Engine<P extends string = string> {
  /** What it is, in a few words. */
  readonly description: string;
  /** The npm package that it needs. Default: none. */
  readonly library?: string;
  /** Where it can compute, by name, the default first. */
  readonly providers: Readonly<Record<P, Provider>>;
  /** Opens it; its library is loaded when the layer is built. */
  layer(
    settings: EngineSettings<P>,
  ): Layer.Layer<Backend, EngineUnavailableError | ProviderMissingError>;
}
