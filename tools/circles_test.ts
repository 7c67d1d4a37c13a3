import assert from "node:assert/strict";
import { circlesOf } from "./circles.ts";
import type { CodeImport } from "./code_imports.ts";

const imports = (...pairs: readonly string[]): CodeImport[] =>
  pairs.map((pair) => {
    const [file = "", target = ""] = pair.split(">");
    return { file, target, line: 1, specifier: `./${target}`, error: "" };
  });

Deno.test("circlesOf() finds none where every path ends", () =>
  assert.deepEqual(circlesOf(imports("a>b", "a>c", "b>c", "c>npm:d")), []));

Deno.test("circlesOf() names every file of a circle, in the order of the imports", () =>
  assert.deepEqual(
    circlesOf(imports("x>a", "b>c", "c>a", "a>b", "c>d")),
    [["a", "b", "c"]],
  ));

Deno.test("circlesOf() finds a file that imports itself", () =>
  assert.deepEqual(circlesOf(imports("a>a")), [["a"]]));

Deno.test("circlesOf() finds circles apart from each other, and the shortest where circles share a file", () =>
  assert.deepEqual(
    circlesOf(imports("a>b", "b>c", "c>a", "b>a", "x>y", "y>x", "c>x")),
    [["a", "b"], ["x", "y"]],
  ));
