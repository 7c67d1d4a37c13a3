/**
 * A side of a measurement: a child process that speaks the protocol of
 * `worker.ts`, and must answer in time.
 *
 * @module
 */
import { lastText, textLines } from "./text_lines.ts";

/** A running side. */
export interface Side {
  /** Name in the results, such as `onnx webgpu`. */
  readonly name: string;
  /** Versions of its libraries, and what it computes on. */
  readonly versions: Readonly<Record<string, unknown>>;
  /** Whether it computes on a GPU. */
  readonly onGpu: boolean;
  /** Sends a request; rejects when it fails or takes longer. */
  readonly request: (message: object, limitMs: number) => Promise<Reply>;
  /** Ends it: asks first, unless it is to be killed. */
  readonly close: (limitMs: number) => Promise<void>;
}

/** A side that this machine has not. */
export interface MissingSide {
  readonly name: string;
  /** Why it cannot run. */
  readonly missing: string;
}

/** What a side may answer. */
export interface Reply {
  readonly missing?: string;
  readonly failed?: string;
  readonly versions?: Record<string, unknown>;
  readonly values?: number[];
  readonly bytes?: { readonly up: number; readonly down: number };
  readonly seconds?: number[];
  readonly memoryBytes?: number;
}

/** How a run is done by PyTorch; ours knows `run` alone. */
export interface RunRequest {
  readonly run: number;
  /** Whether products of 32-bit floats may be rounded to 10 bits. */
  readonly tf32?: boolean;
  /** Whether inputs go up at every run, as ours do. */
  readonly upload?: boolean;
}

/** How a side is started. */
export interface SideCommand {
  /** Name in the results. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Variables added to this process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it computes on a GPU. */
  readonly onGpu: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Starts a side.
 *
 * @param command See {@link SideCommand}.
 * @param limitMs Time for its first line.
 * @returns The side, or why this machine has it not.
 */
export const startSide = async (
  { name, command: [program, ...args], env, onGpu, signal }: SideCommand,
  limitMs: number,
): Promise<Side | MissingSide> => {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, {
      args,
      env,
      signal,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    return { name, missing: `${program}: ${(error as Error).message}` };
  }
  const { answer, end } = connect(name, child);
  try {
    const { missing, versions = {} } = await answer(undefined, limitMs);
    if (missing !== undefined) {
      await end(1000);
      return { name, missing };
    }
    return { name, versions, onGpu, request: answer, close: end };
  } catch (error) {
    return { name, missing: (error as Error).message };
  }
};

const connect = (name: string, child: Deno.ChildProcess) => {
  const writer = child.stdin.getWriter();
  const lines = textLines(child.stdout);
  const complaints = lastText(child.stderr);
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It had ended.
    }
  };
  const reply = async (): Promise<Reply> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) {
        const { code, signal } = await child.status;
        throw new Error(
          `${name} ended with ${signal ?? code}: ${await complaints}`,
        );
      }
      // Libraries print to standard output, too.
      if (value.startsWith("{")) return JSON.parse(value);
    }
  };
  return {
    answer: async (message: object | undefined, limitMs: number) => {
      if (message !== undefined) {
        const text = `${JSON.stringify(message)}\n`;
        await writer.write(new TextEncoder().encode(text)).catch(() => {});
      }
      const answered = await within(limitMs, reply());
      if (answered === undefined) {
        kill();
        const seconds = (limitMs / 1000).toFixed(0);
        throw new Error(`${name} gave no answer within ${seconds} s`);
      }
      if (answered.failed !== undefined) throw new Error(answered.failed);
      return answered;
    },
    end: async (limitMs: number) => {
      await writer.close().catch(() => {});
      if (await within(limitMs, child.status) === undefined) kill();
      await child.status;
    },
  };
};

/** What a promise gives, or `undefined` when it takes longer. */
const within = async <A>(
  limitMs: number,
  promise: Promise<A>,
): Promise<A | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, limitMs));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
