import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "./settings_file.ts";
import assert from "node:assert/strict";

const written = (content: string | Uint8Array) =>
  Effect.promise(async () => {
    const folder = await mkdtemp(join(tmpdir(), "settings-file-"));
    await writeFile(join(folder, "mine.json"), content);
    return folder;
  });

const read = (content: string | Uint8Array) =>
  Effect.flatMap(
    written(content),
    (folder) => readSettings(join(folder, "mine.json")),
  );

effectTest(
  "readSettings() reads JSON behind a byte order mark",
  () =>
    Effect.gen(function* () {
      const settings = yield* read('\uFEFF{"clusters": 3}\r\n');
      assert.deepEqual(settings, { clusters: 3 });
    }),
);

effectTest(
  "readSettings() takes a run's config.json, whose format version is no setting, and refuses a newer one",
  () =>
    Effect.gen(function* () {
      const settings = yield* read('{"clusters": 3, "formatVersion": 1}');
      assert.deepEqual(settings, { clusters: 3 });
      const error = yield* Effect.flip(read('{"formatVersion": 2}'));
      assert.match(error.message, /format version 2, this program knows 1/);
    }),
);

effectTest(
  "readSettings() sees images from the folder of the file, and lets an " +
    "absolute path be",
  () =>
    Effect.gen(function* () {
      const folder = yield* written('{"images": "../photos"}');
      assert.deepEqual(yield* readSettings(join(folder, "mine.json")), {
        images: join(folder, "../photos"),
      });
      const absolute = yield* read('{"images": "/photos"}');
      assert.deepEqual(absolute, { images: "/photos" });
    }),
);

effectTest(
  "readSettings() names what is wrong with a file",
  () =>
    Effect.gen(function* () {
      const message = (content: string | Uint8Array) =>
        Effect.map(Effect.flip(read(content)), ({ message }) => message);
      assert.match(
        yield* message("[3]"),
        /mine.json as.*\n.*must hold a JSON object/,
      );
      assert.match(
        yield* message(Uint8Array.of(0xFF, 0xFE, 0x7B, 0, 0x7D, 0)),
        /must be saved as UTF-8 \(was UTF-16\)/,
      );
      assert.match(
        yield* message(
          Uint8Array.from('{\n"images": "\xE9"}', (c) => c.charCodeAt(0)),
        ),
        /must be saved as UTF-8 \(was "images": "\\xe9"} in line 2\)/,
      );
      assert.match(yield* message("{"), /JSON/);
    }),
);

effectTest(
  "readSettings() of a missing file, or of a folder, says so",
  () =>
    Effect.gen(function* () {
      const folder = yield* written("{}");
      const missing = join(folder, "other.json");
      for (
        const [path, found] of [
          [missing, "nothing is there"],
          [folder, "it is a folder"],
        ] as const
      ) {
        assert.equal(
          (yield* Effect.flip(readSettings(path))).message,
          `Cannot read --config ${path} as it must be a file: ${found}`,
        );
      }
    }),
);
