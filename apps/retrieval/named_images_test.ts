import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namedImages } from "./named_images.ts";

effectTest(
  "namedImages() calls an image of a manifest by the path of its file, one of a folder by the folder's",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const photos = join(folder, "photos");
      const names = ["a.png", "b.png"].map((name) => join(photos, name));
      const list = join(folder, "list.txt");
      yield* Effect.promise(async () => {
        await mkdir(photos);
        for (const name of names) await writeFile(name, "");
        await writeFile(list, names.join("\n"));
      });
      for (const named of [list, photos]) {
        const images = yield* namedImages([named]);
        assert.deepEqual(images.map(({ path }) => path), names);
      }
    }).pipe(Effect.scoped),
);
