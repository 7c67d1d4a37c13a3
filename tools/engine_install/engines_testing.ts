/**
 * Folders and environments for the tests of installers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";

/**
 * Runs a test with the path of a folder that does not exist.
 *
 * @param use The test; what it makes is removed.
 */
export const inFolder = async (
  use: (folder: string) => Promise<void>,
): Promise<void> => {
  const parent = await Deno.makeTempDir();
  try {
    await use(join(parent, "engines"));
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
};

/**
 * Runs a test with other variables in the environment.
 *
 * @param variables Values by name.
 * @param body The test.
 */
export const withEnv = async (
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> => {
  const before = Object.keys(variables).map((name) =>
    [name, Deno.env.get(name)] as const
  );
  for (const [name, value] of Object.entries(variables)) {
    Deno.env.set(name, value);
  }
  try {
    await body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
};

/** Fails when there is something at a path. */
export const isGone = (path: string): Promise<void> =>
  assert.rejects(Deno.stat(path), Deno.errors.NotFound);
