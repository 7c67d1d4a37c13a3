/**
 * Reading a file of settings.
 *
 * @module
 */
import { isUtf16, shownText, utf8Text, wasUtf8 } from "@deepcluster/data";
import { ConfigurationError } from "@deepcluster/training";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Reads a settings file as JSON in UTF-8, with or without a byte order mark.
 * Its fields are checked with the rest.
 *
 * @param path Absolute.
 * @returns The settings, `images` and the path of `from` seen from the folder of
 * the file; or `ConfigurationError`.
 */
export const readSettings = (
  path: string,
): Effect.Effect<Readonly<Record<string, unknown>>, ConfigurationError> =>
  Effect.tryPromise({
    try: async () => {
      const settings = jsonObject(await readFile(path));
      const seen = seenFrom(dirname(path), settings, "images");
      const { from } = seen;
      return typeof from === "object" && from !== null
        ? { ...seen, from: seenFrom(dirname(path), { ...from }, "path") }
        : seen;
    },
    catch: (cause) =>
      new ConfigurationError({
        origin: path,
        problems: [cause instanceof Error ? cause.message : String(cause)],
      }),
  });

/** Makes a field absolute that holds a path. */
const seenFrom = (
  folder: string,
  fields: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> => {
  const path = fields[name];
  return typeof path === "string" && path !== ""
    ? { ...fields, [name]: resolve(folder, path) }
    : fields;
};

const jsonObject = (bytes: Uint8Array): Record<string, unknown> => {
  if (isUtf16(bytes)) throw new Error("must be saved as UTF-8 (was UTF-16)");
  const text = utf8Text(bytes);
  const line = text.split("\n").findIndex((line) => !wasUtf8(line));
  if (line >= 0) {
    const found = shownText(text.split("\n")[line]!.trim());
    throw new Error(
      `must be saved as UTF-8 (was ${found} in line ${line + 1})`,
    );
  }
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error("must hold a JSON object");
  }
  return parsed as Record<string, unknown>;
};
