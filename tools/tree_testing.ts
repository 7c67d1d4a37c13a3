/**
 * Made-up workspaces for the tests of the checks.
 *
 * @module
 */
import { dirname, join } from "node:path";

/**
 * Writes files to a temporary folder for the time of a test.
 *
 * @param files Content by path; a `deno.json` without packages is added.
 * @param use What the test does with the folder.
 */
export const withTree = async (
  files: Readonly<Record<string, string>>,
  use: (root: string) => Promise<void>,
): Promise<void> => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const all = { "deno.json": '{ "workspace": ["./libs/*"] }', ...files };
    for (const [path, content] of Object.entries(all)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), content);
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
};

/**
 * The files of a made-up lib.
 *
 * @param name Its name.
 * @param files Content by path inside the lib; `mod.ts` is its export.
 * @returns Content by path, with the lib's `deno.json`.
 */
export const lib = (
  name: string,
  files: Readonly<Record<string, string>>,
): Record<string, string> => ({
  [`libs/${name}/deno.json`]: JSON.stringify({
    name: `@deepcluster/${name}`,
    version: "0.1.0",
    exports: { ".": "./mod.ts" },
  }),
  ...Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`libs/${name}/${path}`, text]),
  ),
});
