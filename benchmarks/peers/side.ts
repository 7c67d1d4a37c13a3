/**
 * One side of a comparison with peers: a child process that answers requests,
 * a line of JSON each. `python/peer.py` tells the protocol; our own side speaks
 * it as well, so that memory and start are measured alike.
 *
 * @module
 */

import { root } from "../measure/machine.ts";

/** Seconds and values of one run. */
export interface Answer {
  /** Time of the work itself, by the child's own clock. */
  readonly seconds: number;
  /** What both sides must agree on; empty when nothing can be compared. */
  readonly values: readonly number[];
}

/** A child that is ready for work. */
export interface Side {
  /** Name in the tables. */
  readonly name: string;
  /** Its libraries, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Makes a work ready; values of a check that is not timed. */
  readonly open: (work: object) => Promise<readonly number[]>;
  /** Does the work once. */
  readonly run: () => Promise<Answer>;
  /** Largest resident size so far, in bytes. */
  readonly peak: () => Promise<number>;
  /** Ends the child. */
  readonly close: () => Promise<void>;
}

/** Why a peer takes no part. */
export interface Absent {
  /** Name in the tables. */
  readonly name: string;
  /** What it lacks. */
  readonly absent: string;
}

/** How a child is started. */
export interface Start {
  /** Name in the tables. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Folder to start in; the present one when absent. */
  readonly cwd?: string;
}

/** What all sides of a comparison have in common. */
export interface Conditions {
  /** Threads of every side. */
  readonly threads: number;
  /**
   * Whether the C library keeps memory that is given back, or returns it to
   * the system as it does when left alone; kept when absent.
   */
  readonly memory?: "kept" | "returned";
}

/** Settings that hold OpenBLAS to kernels of other machines. */
const handicaps = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/**
 * Lets glibc keep memory that is given back, on all sides. PyTorch asks for
 * fresh pages in every operator otherwise, which on some virtual machines costs
 * more than the operator: 0.5 s instead of 0.01 for the grey image of Sobel.
 */
const keptMemory = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: "100000000000",
};

/**
 * The environment of a child: as many threads on all sides, OpenBLAS free to
 * choose its kernels, and memory kept or not.
 *
 * @param environment Of this process.
 * @param conditions See {@link Conditions}.
 * @returns The child's.
 */
export const environmentFor = (
  environment: Readonly<Record<string, string>>,
  { threads, memory = "kept" }: Conditions,
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) => !handicaps.includes(name)),
  ),
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  NO_COLOR: "1",
  ...memory === "kept" && keptMemory,
});

/**
 * Starts a side.
 *
 * @param start How.
 * @param conditions Of its work.
 * @returns The side, or why it is absent.
 */
export const startSide = async (
  { name, command, cwd }: Start,
  conditions: Conditions,
): Promise<Side | Absent> => {
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
    return { name, absent: `${program} is not installed` };
  }
  const { ask, end } = conversation(name, child);
  const hello = await ask();
  if (hello.absent !== undefined) {
    await end();
    return { name, absent: hello.absent.replaceAll(root, "") };
  }
  return {
    name,
    versions: hello.versions!,
    open: async (work) => (await ask({ open: work })).values!,
    run: async () => {
      const { seconds, values } = await ask({ run: true });
      return { seconds: seconds!, values: values! };
    },
    peak: async () => (await ask({ peak: true })).bytes!,
    close: end,
  };
};

/** What a child may answer. */
interface Reply {
  readonly absent?: string;
  readonly versions?: Record<string, string>;
  readonly values?: number[];
  readonly seconds?: number;
  readonly bytes?: number;
}

const conversation = (name: string, child: Deno.ChildProcess) => {
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async (): Promise<string> => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end >= 0) {
        const found = rest.slice(0, end);
        rest = rest.slice(end + 1);
        // Libraries print to standard output, too.
        if (found.startsWith("{")) return found;
        continue;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`Cannot go on as ${name} ended: see above`);
      rest += value;
    }
  };
  return {
    ask: async (request?: object): Promise<Reply> => {
      if (request !== undefined) {
        const text = `${JSON.stringify(request)}\n`;
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
