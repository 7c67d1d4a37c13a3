/**
 * Progress of long work as events: libs report, the app draws.
 *
 * @module
 */
import { Context, Effect, Layer } from "effect";

/** How far one phase of a run has come. */
export interface ProgressEvent {
  /** What is being done, such as `extract` or `train`. */
  readonly phase: string;
  /** Clustering epoch that the phase belongs to, when there is one. */
  readonly epoch?: number;
  /** Units finished so far, from 0 to `total`. */
  readonly done: number;
  /** Units in the whole phase. */
  readonly total: number;
  /** What is counted: `images`, `iterations`, `files`. */
  readonly unit: string;
  /** Further figures worth showing, such as `{ loss: 4.2 }`. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Where progress events go. The first event of a phase has `done = 0`. */
export class Progress extends Context.Service<Progress, {
  readonly report: (event: ProgressEvent) => Effect.Effect<void>;
}>()("@deepcluster/core/Progress") {
  /** Drops every event. */
  static readonly layerSilent: Layer.Layer<Progress> = Layer.succeed(
    Progress,
    { report: () => Effect.void },
  );
}
