/**
 * What `doctor` finds out about the machine: memory, cores, the disk and the
 * folder of the run, and which engines work.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import {
  engineNames,
  type EngineProbe,
  type ProbeEngine,
  probeEngine,
  type ProbeError,
  providersOf,
  selectBackend,
  type SelectedBackend,
  type TriedProvider,
  tryProviders,
} from "@deepcluster/gpu-backend";
import { requireUnused } from "@deepcluster/runs";
import { canonicalJson } from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import { Effect, type Exit, Option } from "effect";
import { mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** The machine at this time. */
export interface Machine {
  /** Name of the processor. */
  readonly processor: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Memory that this process may use, were it alone. */
  readonly memoryBytes: number;
  /** Memory that is free. */
  readonly freeMemoryBytes: number;
  /** Version of Deno, and the system. */
  readonly runtime: string;
}

/** Looks at the machine; limits of a container count. */
export const machine: Effect.Effect<Machine> = Effect.sync(() => {
  const limit = process.constrainedMemory() || Infinity;
  const memoryBytes = Math.min(totalmem(), limit);
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes,
    freeMemoryBytes: Math.min(freemem(), memoryBytes),
    runtime: `${runtime()} on ${process.platform} ${process.arch}`,
  };
});

const runtime = (): string => {
  const { bun, deno, node } = process.versions;
  return deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
};

/** Where a run is to be. */
export interface Place {
  /** The run folder, or what is to hold it. */
  readonly folder: string;
  /** Free space of its disk, for this user. */
  readonly freeBytes: number;
  /** Why no run can be made there, if none can. */
  readonly refusal?: string;
  /** An empty folder that is removed with the scope, there if possible. */
  readonly scratch: string;
}

/**
 * Looks at where a run is to be, by making a folder there.
 *
 * @param folder The run folder, which need not exist, or one to hold runs.
 * @param isRun Whether it is the run folder itself, which must be empty.
 * @returns See {@link Place}.
 */
export const place = Effect.fnUntraced(function* (
  folder: string,
  isRun: boolean,
) {
  const used = isRun
    ? yield* Effect.flip(requireUnused(folder)).pipe(Effect.option)
    : Option.none();
  const parent = yield* Effect.promise(() => nearest(folder));
  const there = yield* Effect.result(scratchIn(parent));
  const refusal = there._tag === "Failure"
    ? `Cannot start a run in ${shown(folder)} as ${there.failure}`
    : Option.getOrUndefined(used)?.message;
  return {
    folder,
    freeBytes: yield* freeBytesFor(folder),
    scratch: there._tag === "Success"
      ? there.success
      : yield* Effect.orDie(scratchIn(tmpdir())),
    ...refusal !== undefined && { refusal },
  } satisfies Place;
});

/**
 * Looks at the disk that a folder is on.
 *
 * @param folder The folder, which need not exist.
 * @returns Free space of its disk, for this user, in bytes.
 */
export const freeBytesFor = (folder: string): Effect.Effect<number> =>
  Effect.promise(async () => {
    const { bavail, bsize } = await statfs(await nearest(folder));
    return bavail * bsize;
  });

/** The path itself, or the folder above it, that exists. */
const nearest = async (path: string): Promise<string> =>
  await stat(path).then(() => true, () => false)
    ? path
    : nearest(dirname(path));

const scratchIn = (folder: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => mkdtemp(join(folder, ".doctor-")),
      catch: (cause) => `nothing can be written there (${messageOf(cause)})`,
    }),
    (path) =>
      Effect.promise(() =>
        rm(path, { recursive: true, force: true, maxRetries: 5 })
      ),
  );

/**
 * Tries every provider of every engine, each in a process of its own.
 *
 * @param selected The engine that is wanted, with its threads; providers that
 * cannot have as many, and other engines, take their default.
 * @param probe How to try one.
 * @returns What was found, in the order of the engines.
 */
export const tryEngines = (
  { engine: wanted, threads, software = false }: SelectedBackend,
  probe: ProbeEngine,
): Effect.Effect<readonly TriedProvider[]> =>
  Effect.forEach(
    engineNames.flatMap((engine) =>
      providersOf(engine).map((provider) => ({ engine, provider }))
    ),
    (named) =>
      selectBackend({ ...named, ...named.engine === wanted && { threads } })
        .pipe(
          Effect.catch(() => selectBackend(named)),
          Effect.orDie,
          Effect.map(({ threads }) => ({ ...named, threads, software })),
        ),
  ).pipe(Effect.flatMap((options) => tryProviders(options, probe)));

/**
 * Makes a probe that tries each engine once: `--provider auto` and the report
 * ask for the same.
 *
 * @returns The probe.
 */
export const probeOnce = (): ProbeEngine => {
  const known = new Map<string, Exit.Exit<EngineProbe, ProbeError>>();
  return ({ software = false, ...options }) => {
    const key = canonicalJson({ ...options, software });
    return known.get(key) ?? probeEngine({ ...options, software }).pipe(
      Effect.onExit((exit) => Effect.sync(() => void known.set(key, exit))),
    );
  };
};
