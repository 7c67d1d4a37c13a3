/**
 * Shared memory that one run takes over from the run before. A thread holds
 * memory that it was sent until it collects garbage, and one that allocates
 * little does so rarely: every run would add its own.
 *
 * @module
 */
import { Effect, type Scope } from "effect";

/** Returns memory of at least so many bytes, with any contents. */
export type AllocateShared = (bytes: number) => SharedArrayBuffer;

/**
 * Makes allocators for one run each. What a run took is free again when its
 * scope is closed, until another run ends.
 *
 * @returns Allocates for a run.
 */
export const sharedAllocators = (): Effect.Effect<
  AllocateShared,
  never,
  Scope.Scope
> => {
  let free: SharedArrayBuffer[] = [];
  return Effect.acquireRelease(
    Effect.sync((): SharedArrayBuffer[] => []),
    (taken) =>
      Effect.sync(() => {
        free = taken;
      }),
  ).pipe(
    Effect.map((taken) => (bytes) => {
      const index = free.findIndex(({ byteLength }) =>
        byteLength >= bytes && byteLength <= 2 * bytes
      );
      const memory = index < 0
        ? new SharedArrayBuffer(bytes)
        : free.splice(index, 1)[0]!;
      taken.push(memory);
      return memory;
    }),
  );
};
