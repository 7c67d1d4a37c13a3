/**
 * DeepCluster: cluster the network's features, train it to predict the
 * clusters, repeat. The whole method as a workflow of activities.
 *
 * Paper: section 3.2 and figure 1.
 *
 * An activity returns scalars and references to files; weights, features and
 * assignments never pass through the journal. An activity that failed or was
 * killed runs again when the workflow does; those that succeeded do not.
 *
 * @module
 */
import { ArtifactRef } from "@deepcluster/checkpoint";
import { Effect, Schema } from "effect";
import { Activity, Workflow } from "effect/workflow";
import { clusterStep, removeTransient } from "./cluster_step.ts";
import { removeOld, tellClustered, tellTrained } from "./events.ts";
import { featuresStep, removeSpilled } from "./features_step.ts";
import { RunError } from "./run_error.ts";
import { initialiseStep, trainStep } from "./train_step.ts";

/** What a clustering leaves in the run folder. */
export const ClusteringFiles = Schema.Struct({
  /** Centroids and the cluster of each image. */
  clustering: ArtifactRef,
  /** Figures of the clustering, as JSON. */
  report: ArtifactRef,
  /** Table of path and cluster. */
  assignments: ArtifactRef,
});

/** What an epoch of training leaves. */
export const TrainingResult = Schema.Struct({
  /** Parameters, running statistics, momenta and head. */
  checkpoint: ArtifactRef,
  /** Mean loss over the steps. */
  loss: Schema.Finite,
  /** Share of training images put into their cluster, from 0 to 1. */
  accuracy: Schema.Finite,
  /** Number of steps. */
  steps: Schema.Int,
});

/** The run as a workflow; its payload names settings and images. */
export class DeepCluster extends Workflow.make("DeepCluster", {
  payload: { run: Schema.String, epochs: Schema.Int },
  idempotencyKey: ({ run }) => run,
  success: Schema.Struct({ checkpoint: ArtifactRef }),
  error: RunError,
}) {}

/** Alternates between clustering and training; see {@link DeepCluster}. */
export const layerDeepCluster = DeepCluster.toLayer(
  Effect.fnUntraced(function* ({ epochs }) {
    let weights = yield* activity("initialise", ArtifactRef, initialiseStep());
    let before: ArtifactRef | undefined;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const found = yield* cluster(epoch, weights, before);
      const trained = yield* activity(
        `e${epoch}/train`,
        TrainingResult,
        trainStep(epoch, weights, found.clustering),
      );
      yield* tellTrained(epoch, trained);
      yield* removeOld(epoch);
      weights = trained.checkpoint;
      before = found.clustering;
    }
    return { checkpoint: weights };
  }),
);

/** Features of all images, reduced, in groups. */
const cluster = Effect.fnUntraced(function* (
  epoch: number,
  weights: ArtifactRef,
  before: ArtifactRef | undefined,
) {
  const reduced = yield* activity(
    `e${epoch}/features`,
    ArtifactRef,
    featuresStep(epoch, weights),
  );
  yield* removeSpilled(epoch);
  const found = yield* activity(
    `e${epoch}/cluster`,
    ClusteringFiles,
    clusterStep(epoch, reduced, before),
  );
  yield* removeTransient(epoch, reduced);
  yield* tellClustered(epoch, found);
  return found;
});

const activity = <S extends Schema.Constraint, R>(
  name: string,
  success: S,
  execute: Effect.Effect<S["Type"], RunError, R>,
) => Activity.make({ name, success, error: RunError, execute });
