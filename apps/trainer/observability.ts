/**
 * Figures for other programs: a Prometheus text file, OpenTelemetry.
 *
 * @module
 */
import { Progress, type ProgressEvent } from "@deepcluster/core";
import type { Metrics } from "@deepcluster/runs";
import {
  attempt,
  type StorageError,
  writeDurablyBy,
} from "@deepcluster/storage";
import { Effect, Layer, Metric, Option, Schedule } from "effect";
import { FetchHttpClient } from "effect/http";
import { Otlp, PrometheusMetrics } from "effect/observability";
import { writeFile } from "node:fs/promises";

const epochGauge = Metric.gauge("epoch", {
  description: "Clustering epoch under way",
});
const doneGauge = Metric.gauge("phase_done_ratio", {
  description: "Share of the phase under way that is finished",
});
const figureGauge = (name: string) => Metric.gauge(name);

/**
 * Notes a line of metrics as gauges, one for each figure.
 *
 * @param line Figures of a finished clustering or epoch.
 */
export const noteMetrics = Effect.fnUntraced(function* (line: Metrics) {
  for (const [name, value] of Object.entries(line)) {
    if (typeof value !== "number" || name === "epoch") continue;
    yield* Metric.update(figureGauge(`${line.event}_${snake(name)}`), value);
  }
});

/** Passes progress on, and notes it as gauges. */
export const layerNotedProgress: Layer.Layer<Progress, never, Progress> = Layer
  .effect(
    Progress,
    Effect.map(Progress, ({ report }) => ({
      report: (event: ProgressEvent) =>
        Effect.andThen(
          Effect.all([
            Metric.update(epochGauge, event.epoch ?? 0),
            Metric.update(doneGauge, event.done / Math.max(1, event.total)),
            ...Object.entries(event.figures ?? {}).map(([name, value]) =>
              Metric.update(figureGauge(`${event.phase}_${snake(name)}`), value)
            ),
          ], { discard: true }),
          report(event),
        ),
    })),
  );

/**
 * Sends what was asked for while the scope lasts.
 *
 * @param prometheus File that is rewritten every ten seconds, for the text
 * file collector of Prometheus' node exporter.
 * @param otlp Base URL of an OpenTelemetry collector, such as
 * `http://localhost:4318`.
 * @returns The layer, or `StorageError` when the file cannot be written.
 */
export const layerObservability = (
  prometheus: Option.Option<string>,
  otlp: Option.Option<string>,
): Layer.Layer<never, StorageError> =>
  Layer.mergeAll(
    Option.match(prometheus, {
      onNone: () => Layer.empty,
      onSome: (path) => Layer.effectDiscard(keepWriting(path)),
    }),
    Option.match(otlp, {
      onNone: () => Layer.empty,
      onSome: (baseUrl) =>
        Otlp.layerJson({ baseUrl, resource: { serviceName: "deepcluster" } })
          .pipe(Layer.provide(FetchHttpClient.layer)),
    }),
  );

/**
 * Writes the file at once, so that a path which cannot be written is refused
 * before any work; then now and then, and once more at the end. What keeps a
 * later one from being written is said once and never fails the run.
 */
const keepWriting = Effect.fnUntraced(function* (path: string) {
  const write = Effect.flatMap(
    PrometheusMetrics.format({ prefix: "deepcluster" }),
    (text) =>
      writeDurablyBy(
        path,
        (partial) => attempt("write", path, () => writeFile(partial, text)),
      ),
  );
  let warned = false;
  const writeAgain = Effect.catch(write, ({ message }) => {
    if (warned) return Effect.void;
    warned = true;
    return Effect.logWarning(
      `${message}; the run goes on, and its figures are written there again ` +
        "as soon as they can be",
    );
  });
  yield* write;
  yield* Effect.addFinalizer(() => writeAgain);
  yield* Effect.forkScoped(
    Effect.repeat(writeAgain, Schedule.spaced("10 seconds")),
  );
});

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
