/**
 * DeepCluster: cluster the network's features, train it to predict the
 * clusters, repeat. The whole method, and the same as a workflow of activities.
 *
 * Paper: section 3.2 and figure 1.
 *
 * An activity returns scalars and references to files; weights, features and
 * assignments never pass through the journal. An activity that failed or was
 * killed runs again when the workflow does; those that succeeded do not.
 *
 * @module
 */
import { ArtifactRef } from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import { Activity, Workflow, type WorkflowEngine } from "effect/workflow";
import {
  ClusteringFiles,
  clusterStep,
  removeTransient,
} from "./cluster_step.ts";
import { emitClustered, emitTrained, removeOld } from "./events.ts";
import { featuresStep, removeSpilled } from "./features_step.ts";
import { RunError } from "./run_error.ts";
import { initialiseStep, TrainingResult, trainStep } from "./train_step.ts";

/** A step of the alternation. */
export interface Step<S> {
  /** What it does. */
  readonly name: "initialise" | "features" | "cluster" | "train";
  /** From 1; 0 for `initialise`. */
  readonly epoch: number;
  /** What it returns. */
  readonly success: S;
}

/** How steps are performed: as activities of a workflow, or measured. */
export type Perform<P> = <S extends StepResult, R>(
  step: Step<S>,
  execute: Effect.Effect<S["Type"], RunError, R>,
) => Effect.Effect<S["Type"], RunError, R | P>;

type StepResult = Schema.Constraint & { readonly DecodingServices: never };

/**
 * Alternates between clustering and training.
 *
 * @param epochs Number of epochs, at least 1.
 * @param perform How each step is performed.
 * @returns The first checkpoint and the files of the last epoch, or the error
 * of the step that failed.
 */
export const alternate = Effect.fnUntraced(function* <P>(
  epochs: number,
  perform: Perform<P>,
) {
  const initial = yield* perform(
    { name: "initialise", epoch: 0, success: ArtifactRef },
    initialiseStep(),
  );
  let last = yield* alternateOnce(1, initial, undefined, perform);
  for (let epoch = 2; epoch <= epochs; epoch++) {
    const { clustered, trained } = last;
    last = yield* alternateOnce(epoch, trained.checkpoint, clustered, perform);
  }
  return { initial, ...last };
});

/** One epoch: features, clusters, training. */
const alternateOnce = Effect.fnUntraced(function* <P>(
  epoch: number,
  weights: ArtifactRef,
  previous: typeof ClusteringFiles.Type | undefined,
  perform: Perform<P>,
) {
  const reduced = yield* perform(
    { name: "features", epoch, success: ArtifactRef },
    featuresStep(epoch, weights),
  );
  yield* removeSpilled(epoch);
  const clustered = yield* perform(
    { name: "cluster", epoch, success: ClusteringFiles },
    clusterStep(epoch, reduced, previous?.clustering),
  );
  yield* removeTransient(epoch, reduced);
  yield* emitClustered(epoch, clustered);
  const trained = yield* perform(
    { name: "train", epoch, success: TrainingResult },
    trainStep(epoch, weights, clustered.clustering),
  );
  yield* emitTrained(epoch, trained);
  yield* removeOld(epoch);
  return { reduced, clustered, trained };
});

/** The run as a workflow; its payload names settings and images. */
export class DeepCluster extends Workflow.make("DeepCluster", {
  payload: { run: Schema.String, epochs: Schema.Int },
  idempotencyKey: ({ run }) => run,
  success: Schema.Struct({ checkpoint: ArtifactRef }),
  error: RunError,
}) {}

/** Performs {@link DeepCluster}, each step an activity such as `e3/train`. */
export const layerDeepCluster = DeepCluster.toLayer(
  Effect.fnUntraced(function* ({ epochs }) {
    const { trained } = yield* alternate(epochs, asActivity);
    return { checkpoint: trained.checkpoint };
  }),
);

const asActivity: Perform<
  WorkflowEngine.WorkflowEngine | WorkflowEngine.WorkflowInstance
> = ({ name, epoch, success }, execute) =>
  Activity.make({
    name: epoch === 0 ? name : `e${epoch}/${name}`,
    success,
    error: RunError,
    execute,
  });
