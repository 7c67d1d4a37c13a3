/**
 * The flags that are on the command line.
 *
 * @module
 */
import { Option } from "effect";

/**
 * Leaves out the flags that are not on the command line.
 *
 * @param values Values of optional flags by name.
 * @returns The others, by name.
 */
export const presentOnly = <
  A extends Readonly<Record<string, Option.Option<unknown>>>,
>(
  values: A,
): {
  readonly [K in keyof A]?: A[K] extends Option.Option<infer B> ? B : never;
} =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      Option.isSome(value) ? [[name, value.value]] : []
    ),
  ) as never;
