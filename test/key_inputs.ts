/**
 * Tests of keys: every input of a key must change it.
 *
 * @module
 */
import assert from "node:assert/strict";

/**
 * Other values of every input, each of which must change the key. `-?` makes
 * an input that is added without a change here an error of types.
 */
export type Changes<A> = {
  readonly [K in keyof A]-?: readonly NonNullable<A[K]>[];
};

/** Fails where a change of one input leaves a key as it was. */
export const assertAllCount = <A extends object>(
  keyOf: (inputs: A) => string,
  inputs: A,
  changes: Changes<A>,
) => {
  const seen = new Map([[keyOf(inputs), "nothing changed"]]);
  for (const name of Object.keys(changes) as (keyof A)[]) {
    for (const [place, value] of changes[name].entries()) {
      const key = keyOf({ ...inputs, [name]: value });
      const change = `${String(name)}, change ${place}`;
      assert.equal(seen.get(key), undefined, `${change}: the key of another`);
      seen.set(key, change);
    }
  }
  const reversed = Object.fromEntries(Object.entries(inputs).toReversed());
  assert.equal(keyOf(structuredClone(inputs)), keyOf(inputs));
  assert.equal(keyOf(reversed as A), keyOf(inputs), "the order of fields");
};

/** The value with each of its fields changed in turn. */
export function oneByOne<A extends object>(value: A, changes: Changes<A>): A[] {
  return (Object.keys(changes) as (keyof A)[]).flatMap((name) =>
    changes[name].map((other) => ({ ...value, [name]: other }))
  );
}
