/**
 * What the figures depend on: processor, GPU and its driver.
 *
 * @module
 */
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** The machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** What `nvidia-smi` tells of the first GPU, by its own field names. */
  readonly gpu: Readonly<Record<string, string>>;
}

const fields = ["name", "driver_version", "memory.total", "power.limit"];

/** Describes the machine. */
export const describeMachine = async (): Promise<Machine> => {
  const values = await nvidiaSmi(fields);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${Deno.osRelease()} ${Deno.build.target}`,
    gpu: Object.fromEntries(values.map((value, i) => [fields[i]!, value])),
  };
};

/**
 * Reads how much of the first GPU's memory all processes hold.
 *
 * @returns Bytes, or `undefined` where there is no `nvidia-smi`.
 */
export const gpuMemoryBytes = async (): Promise<number | undefined> => {
  const [mebibytes] = await nvidiaSmi(["memory.used"]);
  const count = parseFloat(mebibytes ?? "");
  return Number.isNaN(count) ? undefined : count * 2 ** 20;
};

const nvidiaSmi = async (names: readonly string[]): Promise<string[]> => {
  try {
    const { success, stdout } = await new Deno.Command("nvidia-smi", {
      args: ["--id=0", `--query-gpu=${names}`, "--format=csv,noheader"],
      stderr: "null",
    }).output();
    if (!success) return [];
    return new TextDecoder().decode(stdout).trim().split(/, */);
  } catch {
    return [];
  }
};

/** What `adapter.ts` tells. */
export interface Adapter {
  readonly missing?: string;
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  /** Whether the processor imitates it. */
  readonly software?: boolean;
  readonly features?: readonly string[];
}

/**
 * Asks which GPU WebGPU finds.
 *
 * @param env Variables of {@link findVulkan}.
 * @returns The adapter, or why there is none.
 */
export const describeAdapter = async (
  env: Readonly<Record<string, string>>,
): Promise<Adapter> => {
  const program = fileURLToPath(new URL("adapter.ts", import.meta.url));
  const { code, signal, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program],
    env,
    stderr: "null",
  }).output();
  const line = new TextDecoder().decode(stdout).trim();
  if (line.startsWith("{")) return JSON.parse(line);
  return { missing: `asking for an adapter ended with ${signal ?? code}` };
};
