/**
 * Finding out what a run needs: the order in which `doctor` looks at things.
 *
 * @module
 */
import type { ProbeEngine, SelectedBackend } from "@deepcluster/gpu-backend";
import {
  networkOf,
  openImagesOf,
  type RunConfiguration,
} from "@deepcluster/runs";
import { makeFolder } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import {
  estimate,
  type Plan,
  profileSizes,
  type Sizes,
} from "@deepcluster/training";
import { Console, Effect } from "effect";
import { join } from "node:path";
import { ProfileError, profileInChild } from "./doctor_ask.ts";
import {
  type Finding,
  imageFindings,
  machineFindings,
  needFindings,
  settingFindings,
} from "./doctor_findings.ts";
import { machine, place, tryEngines } from "./doctor_machine.ts";
import type { Report } from "./doctor_report.ts";
import { sayTrainingNotes } from "./training_notes.ts";

/** A run whose few steps take longer would not end in months. */
const longestProfile = "20 minutes";

/** Of the flags of `train`, what changes the needs of a run. */
export interface Operation {
  /** Memory for decoded images, in MiB. */
  readonly imageMemory: number;
  /** Checkpoints to keep. */
  readonly keep: number;
  /** Seconds between two saves. */
  readonly saveEvery: number;
  /** Whether a GPU may be imitated by the processor. */
  readonly software: boolean;
}

/**
 * Looks at the machine, its engines and the place of runs.
 *
 * @param selected The engine that is wanted.
 * @param run The run folder. Default: the working directory.
 * @param probe How to try an engine.
 * @returns What was found. The scope holds a folder for profiles.
 */
export const examineMachine = Effect.fnUntraced(function* (
  selected: SelectedBackend,
  run: string | undefined,
  probe: ProbeEngine,
) {
  const where = yield* place(fromHere(run ?? "."), run !== undefined);
  const engines = yield* tryEngines(selected, probe);
  return {
    machine: yield* machine,
    engines,
    place: where,
    findings: machineFindings(engines, selected, where),
  } satisfies Report;
});

/**
 * Looks at a run and at the machine, and tries the run unless it cannot work.
 *
 * @param configuration The run's settings.
 * @param run The run folder. Default: the working directory.
 * @param operation How it would be carried out.
 * @param probe How to try an engine.
 * @returns What was found, or the error of opening the images or of the
 * network, as of `train`.
 */
export const examineRun = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  run: string | undefined,
  operation: Operation,
  probe: ProbeEngine,
) {
  const opened = yield* openImagesOf(configuration);
  const { source } = opened;
  yield* sayTrainingNotes(opened);
  const network = yield* networkOf(configuration);
  const { engine, provider, threads } = configuration;
  const { software } = operation;
  const selected = { engine, provider, threads, software };
  const found = yield* examineMachine(selected, run, probe);
  const images = source.ids.length;
  const findings = [
    ...found.findings,
    ...settingFindings(
      configuration,
      images,
      found.machine,
      network.featureSize,
    ),
  ];
  const looked = { configuration, images, featureSize: network.featureSize };
  const works = found.engines.find((tried) =>
    tried.engine === engine && tried.provider === provider
  )?.works;
  if (configuration.clusters > images || works === undefined) {
    return { ...found, run: looked, findings } satisfies Report;
  }
  const { profiled, problems } = yield* profileRun({
    configuration,
    images,
    network,
    cacheBytes: operation.imageMemory * 2 ** 20,
    capabilities: works.capabilities,
    flops: works.flops,
    keep: operation.keep,
    saveEveryMs: operation.saveEvery * 1000,
  }, { ...found, software });
  return {
    ...found,
    run: { ...looked, ...profiled },
    findings: [...findings, ...problems],
  } satisfies Report;
});

/** What a profile needs to know of the machine and of how the run is tried. */
type Found = Pick<Report, "machine" | "place"> & Pick<Operation, "software">;

/** Profiles a run; that it fails is a finding. */
const profileRun = Effect.fnUntraced(
  function* (plan: Plan, found: Found) {
    const profiles = yield* profilesOf(plan, found);
    const needs = estimate(plan, profiles);
    const problems = [
      ...imageFindings(profiles[0], plan.configuration),
      ...needFindings(
        {
          memoryBytes: Math.max(...Object.values(needs.memory)),
          diskBytes: Math.max(...Object.values(needs.disk)),
        },
        found.machine,
        found.place,
      ),
    ];
    return { profiled: { needs, trial: profiles[0] }, problems };
  },
  Effect.catch(({ message }) => {
    const failed: Finding = { level: "error", text: message };
    return Effect.succeed({ profiled: {}, problems: [failed] });
  }),
);

/** Profiles in child processes, one after the other. */
const profilesOf = Effect.fnUntraced(
  function* (
    { cacheBytes, configuration, network }: Plan,
    { machine, place, software }: Found,
  ) {
    yield* Console.error(
      "Trying a few steps of the run; with large networks this takes minutes",
    );
    const ask = Effect.fnUntraced(function* (sizes: Sizes) {
      const folder = join(place.scratch, `batch-${sizes.batch}`);
      yield* makeFolder(folder);
      const options = { sizes, cacheBytes };
      return yield* profileInChild({
        folder,
        configuration,
        software,
        options,
      });
    });
    // A profile then takes less than half of the memory that is free.
    const mostBytes = machine.freeMemoryBytes / 8;
    const [first, ...further] = profileSizes(network, configuration, mostBytes);
    return [
      yield* ask(first),
      ...yield* Effect.forEach(further, ask),
    ] as const;
  },
  Effect.timeoutOrElse({
    duration: longestProfile,
    orElse: () =>
      Effect.fail(
        new ProfileError({
          reason: `Cannot try this run as a few steps must end within ` +
            `${longestProfile}: lower --batch, --extract-batch or --size`,
        }),
      ),
  }),
);
