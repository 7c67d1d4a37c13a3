/**
 * Reading a file of settings.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { isUtf16, shownText, utf8Text, wasUtf8 } from "@deepcluster/data";
import { ConfigurationError } from "@deepcluster/runs";
import { formatRule, unknownFormat } from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** There is no file of settings to read. */
export class SettingsFileError
  extends Schema.TaggedError<SettingsFileError>()("SettingsFileError", {
    path: Schema.String,
    /** What is there instead, or why it cannot be read. */
    found: Schema.String,
  }) {
  /** The path, the rule and what is there. */
  override get message(): string {
    return `Cannot read --config ${this.path} as it must be a file: ` +
      this.found;
  }
}

/**
 * Reads a settings file as JSON in UTF-8, with or without a byte order mark.
 * Its fields are checked with the rest.
 *
 * @param path Absolute.
 * @returns The settings, with `images` and the paths of `from` and `exclude`
 * relative to the folder of the file made absolute; or `SettingsFileError` when there is no
 * such file, or `ConfigurationError` when it holds no JSON object.
 */
export const readSettings = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<
  Readonly<Record<string, unknown>>,
  SettingsFileError | ConfigurationError
> {
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(path),
    catch: (cause) =>
      new SettingsFileError({ path, found: missing(messageOf(cause)) }),
  });
  const settings = yield* Effect.try({
    try: () => jsonObject(bytes),
    catch: (cause) =>
      new ConfigurationError({ origin: path, problems: [messageOf(cause)] }),
  });
  const { formatVersion: stated, ...fields } = settings;
  const unknown = unknownFormat(stated);
  if (unknown !== undefined) {
    const problem = `${formatRule}: ${unknown}`;
    return yield* new ConfigurationError({ origin: path, problems: [problem] });
  }
  const seen = seenFrom(dirname(path), fields, "images");
  const files = ["from", "exclude"].flatMap((name) => {
    const value = seen[name];
    return typeof value === "object" && value !== null
      ? [[name, seenFrom(dirname(path), { ...value }, "path")]]
      : [];
  });
  return { ...seen, ...Object.fromEntries(files) };
});

const missing = (reason: string): string =>
  reason.startsWith("ENOENT")
    ? "nothing is there"
    : reason.startsWith("EISDIR")
    ? "it is a folder"
    : reason;

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
