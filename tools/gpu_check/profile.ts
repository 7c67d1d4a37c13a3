/**
 * Where the time of a run goes, from ONNX Runtime's own profile.
 *
 * @module
 */

/** An event of a profile, in the format of Chrome's tracing. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
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
  /** Milliseconds of one run, from the session's events. */
  readonly milliseconds: number;
  /** Operators, the most expensive first. */
  readonly operators: readonly OperatorTime[];
  /**
   * Milliseconds of one run inside kernels, where the GPU's own timestamps are
   * in the profile, by the kernel's name; the most expensive 20.
   */
  readonly kernels: Readonly<Record<string, number>>;
}

/**
 * Summarises a profile.
 *
 * @param events The events of a session.
 * @param provider Name of its execution provider, such as
 * `WebGpuExecutionProvider`.
 * @returns The mean of its runs, or `undefined` when there are none.
 */
export const summariseProfile = (
  events: readonly ProfileEvent[],
  provider: string,
): Profile | undefined => {
  const runs = events.filter(({ name }) => name === "model_run");
  if (runs.length === 0) return undefined;
  const nodes = events.filter(({ cat, name }) =>
    cat === "Node" && name.endsWith("_kernel_time")
  );
  const perRun = (sum: number) => sum / runs.length;
  const groups = Map.groupBy(
    nodes,
    ({ args }) => `${args?.op_name} ${args?.provider}`,
  );
  const operators = [...groups.values()].map((group) => ({
    operator: group[0]!.args?.op_name ?? "unknown",
    provider: group[0]!.args?.provider ?? "unknown",
    nodes: perRun(group.length),
    milliseconds: perRun(total(group)),
  })).sort((a, b) => b.milliseconds - a.milliseconds);
  return {
    nodes: perRun(nodes.length),
    elsewhere: Object.fromEntries(
      operators.filter((each) => each.provider !== provider)
        .map(({ operator, nodes }) => [operator, nodes]),
    ),
    milliseconds: perRun(total(runs)),
    operators,
    kernels: kernelsOf(events, runs.length),
  };
};

const kernelsOf = (events: readonly ProfileEvent[], runs: number) => {
  const kernels = Map.groupBy(
    events.filter(({ cat }) => cat === "Kernel" || cat === "Api"),
    ({ name }) => name.replaceAll(/\d+/g, "#"),
  );
  return Object.fromEntries(
    [...kernels].map(([name, group]) => [name, total(group) / runs] as const)
      .sort(([, a], [, b]) => b - a).slice(0, 20),
  );
};

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
