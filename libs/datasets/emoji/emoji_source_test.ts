import { Progress } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyPackages } from "./emoji_fixture.ts";
import { renderEmoji } from "./emoji_render.ts";
import { emojiSource } from "./emoji_source.ts";
import assert from "node:assert/strict";

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "emoji-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
);

effectTest(
  "emojiSource() labels every image with its group, or what is asked for",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* renderEmoji(folder, { size: 8, read: tinyPackages() }).pipe(
        Effect.provide(Progress.layerSilent),
      );
      const { source, labels } = yield* emojiSource(folder);
      assert.deepEqual(labels?.names, ["Faces", "People", "Signs"]);
      assert.deepEqual([...labels!.classes], [2, 1, 0, 2, 0, 2]);
      assert.equal(source.ids[1], "images/8px/fxemoji/1f44b-waving-hand.png");
      assert.deepEqual(source.payload(1), {
        kind: "file",
        path: join(folder, source.ids[1]!),
      });
      const byArtist = yield* emojiSource(folder, "set");
      assert.deepEqual(byArtist.labels?.names, ["fxemoji", "noto"]);
    }),
);

effectTest(
  "emojiSource() fails with EmojiFolderError on a folder without a table",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const error = yield* Effect.flip(emojiSource(folder));
      assert.equal(
        error.message,
        `Cannot open the emoji in ${folder}: it must hold emoji.csv, the end of a rendering`,
      );
    }),
);

effectTest(
  "emojiSource() reads quoted names and refuses foreign tables",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const header = "path,set,codepoints,name,group,subgroup";
      const table = join(folder, "emoji.csv");
      writeFileSync(table, `${header}\na.png,noto,1f1,"x, ""y""",g,"s\nt"\n`);
      const { labels } = yield* emojiSource(folder, "subgroup");
      assert.deepEqual(labels?.names, ["s\nt"]);
      writeFileSync(table, `${header}\na.png,noto\n`);
      const error = yield* Effect.flip(emojiSource(folder));
      assert.match(error.message, /each line must hold path, set, codepoints/);
    }),
);
