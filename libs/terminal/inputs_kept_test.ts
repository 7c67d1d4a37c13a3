import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Option } from "effect";
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flagWords } from "./flag_words.ts";
import { requireInputsKept, requireNoInput } from "./inputs_kept.ts";

const folderOfFiles = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const [file, other] = [join(folder, "a.csv"), join(folder, "b.csv")];
  for (const path of [file, other]) writeFileSync(path, "");
  const link = join(folder, "link.csv");
  symlinkSync(file, link);
  return { folder, file, other, link };
});

effectTest(
  "requireInputsKept() refuses outputs that an argument or another flag names, however nested",
  () =>
    Effect.gen(function* () {
      const { file, link, other } = yield* folderOfFiles;
      const cases: readonly [unknown, string, string][] = [
        [{ model: file, out: file }, "out", file],
        [{ images: [other, file], out: Option.some(file) }, "out", file],
        [
          { source: { list: Option.some(file) }, operation: { out: file } },
          "out",
          file,
        ],
        [{ images: [file], sheet: link }, "sheet", `${link}, which is ${file}`],
        [
          { data: link, writeExclude: file },
          "write-exclude",
          `${file}, which is ${link}`,
        ],
      ];
      for (const [values, flag, value] of cases) {
        const error = yield* Effect.flip(requireInputsKept(values));
        assert.equal(
          flagWords(error, {}),
          `Cannot write the result as --${flag} must be a path that the ` +
            `command does not read: --${flag} ${value}`,
        );
      }
    }),
);

effectTest(
  "requireInputsKept() accepts new outputs, other files, and files of folders that are read",
  () =>
    Effect.gen(function* () {
      const { folder, file, other } = yield* folderOfFiles;
      const absent = join(folder, "absent.csv");
      yield* requireInputsKept({ images: [file, absent], out: absent });
      yield* requireInputsKept({ run: folder, top: 3, out: Option.some(file) });
      yield* requireInputsKept({ data: file, json: true, out: other });
      yield* requireInputsKept({ data: file, out: Option.none() });
    }),
);

effectTest(
  "requireNoInput() refuses a folder by another path to it",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* folderOfFiles;
      const photos = join(folder, "photos");
      mkdirSync(photos);
      const error = yield* Effect.flip(
        requireNoInput("out", `${folder}/photos/../photos/`, [photos]),
      );
      assert.match(flagWords(error, {}), /--out .*photos\/..\/photos\/$/);
    }),
);
