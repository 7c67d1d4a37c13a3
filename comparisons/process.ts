/**
 * A process of a comparison, ours or a baseline's: a child process that answers
 * requests, one line of JSON each. `baselines/python/baseline.py` documents the
 * protocol. Our own code runs in such a process too, so that start and memory
 * are measured alike.
 *
 * @module
 */
import { root } from "@deepcluster/benchmarks/measure";
import {
  type Conditions,
  environmentFor,
  forbiddenKernels,
} from "./environment.ts";
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
  /** Which kernels its libraries chose, by library. */
  readonly kernels: Readonly<Record<string, string>>;
  /** Prepares a workload; returns the values of a check that is not timed. */
  readonly open: (spec: Spec) => Promise<readonly number[]>;
  /** Runs the workload once. */
  readonly run: () => Promise<RunResult>;
  /** Returns the peak resident memory so far, in bytes. */
  readonly peakBytes: () => Promise<number>;
  /** Ends the process. */
  readonly close: () => Promise<void>;
}

/** A baseline that is not installed, or cannot keep the conditions. */
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
  /** Further variables of its environment. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a process.
 *
 * @param processCommand See {@link ProcessCommand}.
 * @param conditions See {@link Conditions}.
 * @returns The process, or why the baseline is missing.
 */
export const startProcess = async (
  { name, command, cwd, env }: ProcessCommand,
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
      env: { ...environmentFor(Deno.env.toObject(), conditions), ...env },
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
  const { versions, kernels } = hello as Hello;
  const forbidden = forbiddenKernels(kernels, conditions);
  if (forbidden.length > 0) {
    await end();
    return { name, missing: `it may use AVX-512: ${forbidden.join(", ")}` };
  }
  return {
    name,
    versions,
    kernels,
    open: async (spec) => (await request({ open: spec })).values!,
    run: async () => {
      const { seconds, values } = await request({ run: true });
      return { seconds: seconds!, values: values! };
    },
    peakBytes: async () => (await request({ peak: true })).bytes!,
    close: end,
  };
};

/** The first answer of a process that can run. */
type Hello = Pick<WorkerProcess, "versions" | "kernels">;

/** What a process may answer. */
interface Reply extends Partial<Hello> {
  readonly missing?: string;
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
