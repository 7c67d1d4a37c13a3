import assert from "node:assert/strict";
import { checkDocs } from "./check_docs.ts";
import { lib, withTree } from "./tree_testing.ts";

const header = "/**\n * Numbers.\n *\n * @module\n */\n";

const expectErrors = (
  files: Readonly<Record<string, string>>,
  expected: readonly string[],
) =>
  withTree(files, async (root) => {
    assert.deepEqual(await checkDocs(root), expected);
  });

Deno.test("checkDocs() accepts a lib whose symbols and fields are documented", () =>
  expectErrors(
    lib("core", {
      "mod.ts": `${header}export * from "./one.ts";\n`,
      "one.ts":
        `${header}/** A one. */\nexport interface One {\n  /** It. */\n  it: 1;\n}\n`,
    }),
    [],
  ));

Deno.test("checkDocs() reports symbols and fields without a comment, where they stand", () =>
  expectErrors(
    lib("core", {
      "mod.ts": `${header}export * from "./one.ts";\n`,
      "one.ts":
        `${header}/** A one. */\nexport interface One {\n  it: 1;\n}\nexport const one = 1;\n`,
    }),
    [
      "libs/core/one.ts:8: exported symbol is missing JSDoc documentation",
      "libs/core/one.ts:10: exported symbol is missing JSDoc documentation",
    ],
  ));

Deno.test("checkDocs() reports files without a header, tests excepted", () =>
  expectErrors(
    lib("core", {
      "mod.ts": `${header}import "./one.ts";`,
      "one.ts": "/** Not a header. */\nconst one = 1;\n/** @module */",
      "one_test.ts": "",
    }),
    [
      "libs/core/one.ts:1: Cannot keep a file without a header: it must open " +
      "with a doc comment that says what it is and ends with @module",
    ],
  ));

Deno.test("checkDocs() reports files of more than 400 lines, tests included", () =>
  expectErrors(
    lib("core", {
      "mod.ts": header,
      "too_long_test.ts": "\n".repeat(401),
      "long_test.ts": "\n".repeat(400),
    }),
    [
      "libs/core/too_long_test.ts: Cannot keep a file of more than 400 lines: " +
      "it has 401, cut it by subject",
    ],
  ));

Deno.test("checkDocs() fails when the docs cannot be read", () =>
  withTree(
    lib("core", { "mod.ts": `${header}export const = 1;` }),
    async (root) => {
      const [error = ""] = await checkDocs(root);
      assert.match(error, /^Cannot read the docs of the libs/);
    },
  ));
