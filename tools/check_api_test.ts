import assert from "node:assert/strict";
import { checkApi } from "./check_api.ts";
import { lib, withTree } from "./tree_testing.ts";

const expectErrors = (code: string, expected: readonly string[]) =>
  withTree(lib("core", { "mod.ts": code }), async (root) => {
    assert.deepEqual(await checkApi(root, ["libs/core/mod.ts"]), expected);
  });

const one = (rule: string) => [
  `libs/core/mod.ts:3: Cannot export one as ${rule}`,
];

Deno.test("checkApi() accepts a constant with a type, and functions that document parameters and result", () =>
  expectErrors(
    `/** One. */
export const one: number = Math.max(1, 0);
/**
 * Adds.
 *
 * @param a A number.
 * @param b A number.
 * @returns The sum.
 */
export const add = (a: number, { b }: { b: number }): number => a + b;
/**
 * Adds one.
 *
 * @param a A number.
 * @returns The sum.
 */
export const next: (a: number) => number = ((a: number) => a + 1);
/** Does nothing. */
export const rest = (): void => {};
`,
    [],
  ));

Deno.test("checkApi() reports what states no type: a constant, what a call makes, a function's result", async () => {
  const rule = one("its type must stand at its name");
  await expectErrors(
    "\n/** One. */\nexport const one = Math.max(1, 0);\n",
    rule,
  );
  await expectErrors(
    "const fn = <F>(f: F) => f;\n/** One. */\nexport const one = fn(() => 1);\n",
    rule,
  );
  await expectErrors(
    "\n/** One. */\nexport const one = () => Math.max(1, 0);",
    rule,
  );
});

Deno.test("checkApi() reports a parameter and a result without a word, of a constant with the type of a function as well", async () => {
  const rules = [
    ...one("each parameter must have its @param: 0 of 1 have one"),
    ...one("what it returns must have its @returns"),
  ];
  await expectErrors(
    "\n/** One. */\nexport const one = (a: number): number => a;",
    rules,
  );
  await expectErrors(
    "\n/** One. */\nexport const one: (a: number) => number = ((a: number) => a);",
    rules,
  );
});

Deno.test("checkApi() reports no superclass that is a call", () =>
  expectErrors(
    `const base = <T>() => class { readonly value?: T; };
/** One. */
export class One extends base<One>() {}
`,
    [],
  ));
