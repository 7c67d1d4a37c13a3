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

/** Settings that hold OpenBLAS to kernels of other machines. */
const handicaps = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/**
 * The environment of a child: as many threads on all sides, and OpenBLAS free
 * to choose its kernels.
 *
 * @param environment Of this process.
 * @param threads Threads.
 * @returns The child's.
 */
export const environmentFor = (
  environment: Readonly<Record<string, string>>,
  threads: number,
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) => !handicaps.includes(name)),
  ),
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  NO_COLOR: "1",
});

/**
 * Starts a side.
 *
 * @param start How.
 * @param threads Threads of its work.
 * @returns The side, or why it is absent.
 */
export const startSide = async (
  { name, command, cwd }: Start,
  threads: number,
): Promise<Side | Absent> => {
  const [program, ...args] = command;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, {
      args: [...args, String(threads)],
      stdin: "piped",
      stdout: "piped",
      clearEnv: true,
      env: environmentFor(Deno.env.toObject(), threads),
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
