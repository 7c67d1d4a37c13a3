/**
 * Trying a few steps of a run in a child process, which may die of them.
 *
 * @module
 */
import {
  answerOf,
  type EndedChild,
  lastWords,
  runChild,
} from "@deepcluster/gpu-backend";
import type { ProfileRun } from "@deepcluster/training";
import { Effect, Schema } from "effect";
import type { ProfileAnswer, ProfileQuestion } from "./doctor_child.ts";

/** What was tried does not work on this machine. */
export class ProfileError
  extends Schema.TaggedError<ProfileError>()("ProfileError", {
    reason: Schema.String,
  }) {
  /** What went wrong. */
  override get message(): string {
    return this.reason;
  }
}

/**
 * Tries a run in a process of its own, which ends with the effect.
 *
 * @param question What to try.
 * @returns What it took, or `ProfileError` when that fails or takes the process
 * with it.
 */
export const profileInChild: (
  question: ProfileQuestion,
) => Effect.Effect<ProfileRun, ProfileError> = Effect.fnUntraced(
  function* (question) {
    const module = new URL("./doctor_child.ts", import.meta.url);
    const answer = answerIn(yield* runChild(module, question));
    if ("profile" in answer) return answer.profile;
    return yield* new ProfileError(answer);
  },
);

/**
 * The answer that a child printed, or why there is none.
 *
 * @param ended How the child ended.
 * @returns The answer.
 */
export const answerIn = (ended: EndedChild): ProfileAnswer => {
  const answer = answerOf(ended);
  if (answer !== undefined) return answer as ProfileAnswer;
  const reason = ended.end === "SIGKILL"
    ? "Cannot try this run as the system killed the trial, as it does when " +
      "memory runs out: lower --batch, --extract-batch or --size"
    : `Cannot try this run as the trial ended with ${lastWords(ended)}`;
  return { reason };
};
