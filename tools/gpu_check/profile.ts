/**
 * Where the time of a run goes, from ONNX Runtime's own profile.
 *
 * @module
 */

/** An event of a profile, in the format of Chrome's tracing. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds since the profile began. */
  readonly ts: number;
  /** Microseconds that it took. */
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
  };
}

/** All nodes of one operator on one provider. */
export interface OperatorTime {
  readonly operator: string;
  readonly provider: string;
  /** Nodes of one run. */
  readonly nodes: number;
  /**
   * Milliseconds of one run, as the session sees them: on a GPU the time until
   * the work was handed over, not until it was done.
   */
  readonly milliseconds: number;
}

/** A profile of one run. */
export interface Profile {
  /** Nodes that one run executes. */
  readonly nodes: number;
  /** Those that did not run on the provider, by name of operator. */
  readonly elsewhere: Readonly<Record<string, number>>;
  /** Milliseconds of the last run, from the session's events. */
  readonly milliseconds: number;
  /** Operators of the last run, the most expensive first. */
  readonly operators: readonly OperatorTime[];
  /**
   * Milliseconds of the last run inside kernels, by the GPU's own timestamps; 0
   * where the profile has none.
   */
  readonly kernelMilliseconds: number;
  /** The same by kernel, the most expensive 20. */
  readonly kernels: Readonly<Record<string, number>>;
}

/**
 * Summarises a profile.
 *
 * @param events The events of a session.
 * @param provider Name of its execution provider, such as
 * `WebGpuExecutionProvider`.
 * @returns Its last run, which compiles nothing, or `undefined` when there is
 * none.
 */
export const summariseProfile = (
  events: readonly ProfileEvent[],
  provider: string,
): Profile | undefined => {
  const runs = events.filter(({ name }) => name === "model_run");
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  const nodes = events.filter(({ cat, name, ts }) =>
    cat === "Node" && name.endsWith("_kernel_time") && ts >= last.ts
  );
  const operators = [
    ...Map.groupBy(nodes, ({ args }) => `${args?.op_name} ${args?.provider}`)
      .values(),
  ].map((group) => ({
    operator: group[0]!.args?.op_name ?? "unknown",
    provider: group[0]!.args?.provider ?? "unknown",
    nodes: group.length,
    milliseconds: total(group),
  })).sort((a, b) => b.milliseconds - a.milliseconds);
  const kernels = lastOf(
    events.filter(({ cat }) => cat === "Kernel" || cat === "Api"),
    runs.length,
  );
  return {
    nodes: nodes.length,
    elsewhere: Object.fromEntries(
      operators.filter((each) => each.provider !== provider)
        .map(({ operator, nodes }) => [operator, nodes]),
    ),
    milliseconds: total([last]),
    operators,
    kernelMilliseconds: total(kernels),
    kernels: byName(kernels),
  };
};

/** The GPU's clock is another: its events are those of as many equal runs. */
const lastOf = (kernels: readonly ProfileEvent[], runs: number) =>
  kernels.toSorted((a, b) => a.ts - b.ts)
    .slice(kernels.length - Math.floor(kernels.length / runs));

const byName = (kernels: readonly ProfileEvent[]) =>
  Object.fromEntries(
    [...Map.groupBy(kernels, ({ name }) => name.replaceAll(/\d+/g, "#"))]
      .map(([name, group]) => [name, total(group)] as const)
      .sort(([, a], [, b]) => b - a).slice(0, 20),
  );

const total = (events: readonly ProfileEvent[]): number =>
  events.reduce((sum, { dur }) => sum + dur, 0) / 1000;

/**
 * Reads the profile of the session that did most.
 *
 * @param folder Folder of the profile files of one process.
 * @param provider See {@link summariseProfile}.
 * @returns Its summary, or `undefined` when no file holds a run.
 */
export const readProfile = async (
  folder: string,
  provider: string,
): Promise<Profile | undefined> => {
  const profiles: Profile[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    const found = summariseProfile(JSON.parse(text), provider);
    if (found !== undefined) profiles.push(found);
  }
  return profiles.sort((a, b) => b.nodes - a.nodes)[0];
};
