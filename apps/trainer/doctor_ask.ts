/**
 * Asking a child process, which may die of the question.
 *
 * @module
 */
import { Effect, Schema } from "effect";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Answer, Question, Questions } from "./doctor_child.ts";
import process from "node:process";

/** What was tried does not work on this machine. */
export class ProfileError
  extends Schema.TaggedError<ProfileError>()("ProfileError", {
    reason: Schema.String,
    remedy: Schema.optionalKey(Schema.String),
  }) {
  /** What went wrong. */
  override get message(): string {
    return this.reason;
  }
}

/**
 * Has a question answered in a process of its own.
 *
 * @param name What is asked.
 * @param ask Its details.
 * @returns The answer, or `ProfileError` when what was asked for fails or takes
 * the process with it. The process ends with the effect.
 */
export const askChild = Effect.fnUntraced(function* <Q extends keyof Questions>(
  name: Q,
  ask: Questions[Q]["ask"],
): Effect.fn.Return<Questions[Q]["answer"], ProfileError> {
  const ended = yield* Effect.promise((signal) =>
    runChild(JSON.stringify({ name, ask } as Question), signal)
  );
  const answer = answerIn<Q>(ended);
  if ("answer" in answer) return answer.answer;
  return yield* new ProfileError(answer.failure);
});

/** How a child ended. */
export interface Ended {
  /** What it printed. */
  readonly output: string;
  /** What it printed to standard error. */
  readonly log: string;
  /** Its exit code, or the signal that killed it. */
  readonly end: number | string;
}

/**
 * The answer that a child printed, or why there is none.
 *
 * @param ended How the child ended.
 * @returns The answer.
 */
export const answerIn = <Q extends keyof Questions>(
  { output, log, end }: Ended,
): Answer<Q> => {
  const line = output.trim().split("\n").at(-1)!;
  if (end === 0 && line.startsWith("{")) return JSON.parse(line);
  const lastWords = log.trim().split("\n").at(-1)!;
  const reason = end === "SIGKILL"
    ? "Cannot try this run as the system killed the trial, as it does when " +
      "memory runs out: lower --batch, --extract-batch or --size"
    : `Cannot try this run as the trial ended with ${end}: ${lastWords}`;
  return { failure: { reason } };
};

const childPath = fileURLToPath(new URL("./doctor_child.ts", import.meta.url));

/** What the runtime needs to run a file without asking for permissions. */
const runArguments = process.versions["deno"] ? ["run", "-A"] : [];

const runChild = async (
  question: string,
  signal: AbortSignal,
): Promise<Ended> => {
  const child = spawn(process.execPath, [...runArguments, childPath]);
  signal.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdin.on("error", () => {}); // it may be gone already
  child.stdin.end(question);
  const [output, log, [code, killedBy]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { output, log, end: code ?? killedBy };
};
