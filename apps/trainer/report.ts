/**
 * The report of a run that is being trained.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import { reportName, writeReport } from "@deepcluster/report";
import { shown, typed } from "@deepcluster/terminal";
import { Cause, Effect } from "effect";
import { join } from "node:path";

/** What {@link keepReport} needs: those of training itself. */
export type ReportServices = Assigner | Backend | Progress;

/** Which report {@link keepReport} writes. */
export interface KeepReportOptions {
  /**
   * Whether the run is finished. Until then the report shows a few clusters, and
   * no map but one that is there, so that no epoch takes much longer.
   */
  readonly finished: boolean;
}

/** Clusters between two epochs: one of each kind, with few images. */
const few = { each: 1, near: 8, far: 4, samples: 2 } as const;

/**
 * Writes the report of a run into its folder. A report never fails a run: what
 * keeps it from being written is said as a warning.
 *
 * @param folder The run folder.
 * @param options See {@link KeepReportOptions}.
 * @returns Whether it was written.
 */
export const keepReport = (
  folder: string,
  { finished }: KeepReportOptions,
): Effect.Effect<boolean, never, ReportServices> =>
  writeReport(folder, {
    cache: join(folder, "evaluations/cache"),
    map: finished,
    ...!finished && { clusters: few },
  }).pipe(
    Effect.scoped,
    (written) => Effect.updateService(written, Progress, named),
    Effect.as(true),
    Effect.catchCause((cause) =>
      Cause.hasInterrupts(cause)
        ? Effect.interrupt
        : Effect.as(warn(folder, cause), false)
    ),
  );

/** Its phases are not those of training: their time is not the run's. */
const named = ({ report }: Progress["Service"]): Progress["Service"] => ({
  report: (event) => report({ ...event, phase: `report ${event.phase}` }),
});

const warn = (folder: string, cause: Cause.Cause<Error>) => {
  const error = Cause.squash(cause);
  return Effect.logWarning(
    `Cannot write ${shown(join(folder, reportName))}: ${
      error instanceof Error ? error.message : error
    }; the run itself goes on, and \`deno task report ${typed(folder)}\` ` +
      "writes it",
  );
};
