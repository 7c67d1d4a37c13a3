/**
 * A process of a comparison, ours or a baseline's: a child process that answers
 * requests, one line of JSON each. `baselines/python/baseline.py` documents the
 * protocol. Our own code runs in such a process too, so that start and memory
 * are measured alike.
 *
 * @module
 */
import { root } from "@deepcluster/benchmarks/measure";
import type { Spec } from "./specs.ts";

/** Seconds and values of one run. */
export interface RunResult {
  /** Time of the workload, by the process's own clock. */
  readonly seconds: number;
  /** Values that must agree with ours; empty if nothing can be compared. */
  readonly values: readonly number[];
}

/** A running process. */
export interface WorkerProcess {
  /** Name in the tables. */
  readonly name: string;
  /** Versions of its libraries, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Prepares a workload; returns the values of a check that is not timed. */
  readonly open: (spec: Spec) => Promise<readonly number[]>;
  /** Runs the workload once. */
  readonly run: () => Promise<RunResult>;
  /** Returns the peak resident memory so far, in bytes. */
  readonly peakBytes: () => Promise<number>;
  /** Ends the process. */
  readonly close: () => Promise<void>;
}

/** A baseline that is not installed. */
export interface MissingBaseline {
  /** Name in the tables. */
  readonly name: string;
  /** Why it cannot run. */
  readonly missing: string;
}

/** How a process is started. */
export interface ProcessCommand {
  /** Name in the tables. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Working folder. Default: the current one. */
  readonly cwd?: string;
}

/** Conditions that all processes of a comparison share. */
export interface Conditions {
  /** Threads of every process. */
  readonly threads: number;
  /**
   * Whether the C library keeps freed memory, or returns it to the system as it
   * does by default. Default: `kept`.
   */
  readonly memory?: "kept" | "returned";
}

/** Variables that restrict OpenBLAS to kernels of other machines. */
const openBlasRestrictions = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/**
 * Lets glibc keep freed memory. Otherwise PyTorch requests new pages in every
 * operator, which on some virtual machines costs more than the operator: 0.5 s
 * instead of 0.01 for the greyscale image of Sobel.
 */
const keptMemory = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: "100000000000",
};

/**
 * Returns the environment of a process: the same number of threads for all,
 * OpenBLAS free to choose its kernels, and freed memory kept or not.
 *
 * @param environment Environment of this process.
 * @param conditions See {@link Conditions}.
 * @returns The environment of the child process.
 */
export const environmentFor = (
  environment: Readonly<Record<string, string>>,
  { threads, memory = "kept" }: Conditions,
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) =>
      !openBlasRestrictions.includes(name)
    ),
  ),
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  NO_COLOR: "1",
  ...memory === "kept" && keptMemory,
});

/**
 * Starts a process.
 *
 * @param processCommand See {@link ProcessCommand}.
 * @param conditions See {@link Conditions}.
 * @returns The process, or why the baseline is missing.
 */
export const startProcess = async (
  { name, command, cwd }: ProcessCommand,
  conditions: Conditions,
): Promise<WorkerProcess | MissingBaseline> => {
  const [program, ...args] = command;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, {
      args: [...args, String(conditions.threads)],
      stdin: "piped",
      stdout: "piped",
      clearEnv: true,
      env: environmentFor(Deno.env.toObject(), conditions),
      ...cwd === undefined ? {} : { cwd },
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { name, missing: `${program} is not installed` };
  }
  const { request, end } = connect(name, child);
  const hello = await request();
  if (hello.missing !== undefined) {
    await end();
    return { name, missing: hello.missing.replaceAll(root, "") };
  }
  return {
    name,
    versions: hello.versions!,
    open: async (spec) => (await request({ open: spec })).values!,
    run: async () => {
      const { seconds, values } = await request({ run: true });
      return { seconds: seconds!, values: values! };
    },
    peakBytes: async () => (await request({ peak: true })).bytes!,
    close: end,
  };
};

/** What a process may answer. */
interface Reply {
  readonly missing?: string;
  readonly versions?: Record<string, string>;
  readonly values?: number[];
  readonly seconds?: number;
  readonly bytes?: number;
}

const connect = (name: string, child: Deno.ChildProcess) => {
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async (): Promise<string> => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end >= 0) {
        const text = rest.slice(0, end);
        rest = rest.slice(end + 1);
        // Libraries print to standard output, too.
        if (text.startsWith("{")) return text;
        continue;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`Cannot continue as ${name} ended: see above`);
      rest += value;
    }
  };
  return {
    request: async (message?: object): Promise<Reply> => {
      if (message !== undefined) {
        const text = `${JSON.stringify(message)}\n`;
        await writer.write(new TextEncoder().encode(text));
      }
      return JSON.parse(await line());
    },
    end: async () => {
      await writer.close().catch(() => {});
      await child.status;
    },
  };
};
