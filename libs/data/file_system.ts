/**
 * System calls on sources of images: the place where what `node:fs` rejects
 * with becomes {@link SourceError}.
 *
 * @module
 */
import { codeOf, messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import { existsSync, statSync } from "node:fs";
import { SourceError } from "./errors.ts";

/**
 * Runs one system call.
 *
 * @param path What it acts on, for the message.
 * @param call The call.
 * @returns Its result, or `SourceError`.
 */
export const attempt = <A>(
  path: string,
  call: () => Promise<A>,
): Effect.Effect<A, SourceError> =>
  Effect.tryPromise({ try: call, catch: (cause) => sourceError(path, cause) });

/**
 * Whether a path is that of a file, asked at once: for a reader that must know
 * before it reads on.
 *
 * @param path Absolute.
 * @returns False for a folder, and for what cannot be seen.
 */
export const isFile = (path: string): boolean =>
  existsSync(path) && statSync(path).isFile();

/**
 * Names the problem of a failed system call.
 *
 * @param path What it acted on.
 * @param cause What it rejected with.
 * @returns The error, to fail with.
 */
export const sourceError = (path: string, cause: unknown): SourceError => {
  const problem = problems[codeOf(cause)] ?? "unreadable";
  return new SourceError({
    path,
    problem,
    detail: problem === "unreadable" ? messageOf(cause) : "",
  });
};

const problems: Record<string, SourceError["problem"]> = {
  ENOENT: "missing",
  ENOTDIR: "unsupported",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
};
