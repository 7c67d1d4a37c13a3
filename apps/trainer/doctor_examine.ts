/**
 * Finding out what a run needs: the order in which `doctor` looks at things.
 *
 * @module
 */
import { type BackendOptions, selectBackend } from "@deepcluster/gpu-backend";
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
import { askChild, ProfileError } from "./doctor_ask.ts";
import {
  type Finding,
  imageFindings,
  machineFindings,
  needFindings,
  settingFindings,
} from "./doctor_findings.ts";
import { checkEngines, machine, place } from "./doctor_machine.ts";
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
}

/**
 * Looks at the machine, its engines and the place of runs.
 *
 * @param options The engine that is wanted.
 * @param run The run folder. Default: the working directory.
 * @returns What was found, or `EngineOptionError`. The scope holds a folder
 * for profiles.
 */
export const examineMachine = Effect.fnUntraced(function* (
  options: BackendOptions,
  run: string | undefined,
) {
  const selected = yield* selectBackend(options);
  const where = yield* place(fromHere(run ?? "."), run !== undefined);
  const engines = yield* checkEngines(selected);
  return {
    machine: yield* machine,
    engines,
    place: where,
    findings: machineFindings(engines, selected.provider, where),
  } satisfies Report;
});

/**
 * Looks at a run and at the machine, and tries the run unless it cannot work.
 *
 * @param configuration The run's settings.
 * @param run The run folder. Default: the working directory.
 * @param operation How it would be carried out.
 * @returns What was found, or the error of opening the images, of the network
 * or of the engine's options, as of `train`.
 */
export const examineRun = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  run: string | undefined,
  operation: Operation,
) {
  const opened = yield* openImagesOf(configuration);
  const { source } = opened;
  yield* sayTrainingNotes(opened);
  const network = yield* networkOf(configuration);
  const found = yield* examineMachine(configuration, run);
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
  const works = found.engines
    .find(({ provider }) => provider === configuration.provider)?.works;
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
  }, found);
  return {
    ...found,
    run: { ...looked, ...profiled },
    findings: [...findings, ...problems],
  } satisfies Report;
});

/** Profiles a run; that it fails is a finding. */
const profileRun = Effect.fnUntraced(
  function* (plan: Plan, found: Report) {
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
    { machine, place }: Report,
  ) {
    yield* Console.error(
      "Trying a few steps of the run; with large networks this takes minutes",
    );
    const ask = Effect.fnUntraced(function* (sizes: Sizes) {
      const folder = join(place.scratch, `batch-${sizes.batch}`);
      yield* makeFolder(folder);
      const options = { sizes, cacheBytes };
      return yield* askChild("profile", { folder, configuration, options });
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
