/**
 * Checks that Bun finds the libs, by the `paths` of `tsconfig.json`, and the
 * packages that Deno installed: `deno task check:bun`.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

const folder = new URL("../libs/", import.meta.url);
const names = readdirSync(folder).flatMap((lib) => {
  const { name, exports } = JSON.parse(
    readFileSync(new URL(`${lib}/deno.json`, folder), "utf8"),
  );
  return typeof exports === "string"
    ? [name]
    : Object.keys(exports).map((path) => name + path.slice(1));
});
for (const name of [...names, "effect", "onnxruntime-node", "sharp"]) {
  // deno-lint-ignore deepcluster/no-computed-import -- the names are listed
  const module = await import(name);
  if (Object.keys(module).length === 0) {
    console.error(`Cannot use ${name} under Bun as it exports nothing there`);
    process.exit(1);
  }
}
console.error(
  `bun ${process.versions["bun"]}: ${names.length} exports of libs found`,
);
