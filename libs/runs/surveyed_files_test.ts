import { Progress } from "@deepcluster/core";
import {
  digestAt,
  type FileStamp,
  type ImageSource,
  stampAt,
  survey,
} from "@deepcluster/data";
import { folderStore } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Clock, Effect } from "effect";
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { openJournal } from "./journal.ts";
import { runFiles } from "./run_folder.ts";
import { writeRunImages } from "./run_images.ts";
import { filesKnownToRun, noteSurveyedFiles } from "./surveyed_files.ts";

const picture = (grey: number) =>
  sharp({
    create: {
      width: 4,
      height: 4,
      channels: 3,
      background: { r: grey, g: 0, b: 0 },
    },
  })
    .png().toBuffer();

/** Three images, the last of which is none, and a run that looked at them. */
const surveyedRun = (settledMs: number) =>
  Effect.gen(function* () {
    const base = yield* temporaryFolder;
    const run = join(base, "run");
    mkdirSync(run);
    const names = ["a.png", "b.png", "none.png"];
    for (const [i, name] of names.entries()) {
      const bytes = yield* Effect.promise(() => picture(20 * i));
      writeFileSync(join(base, name), i === 2 ? "no image" : bytes);
    }
    const source: ImageSource = {
      name: base,
      ids: names,
      payload: (i) => ({ kind: "file", path: join(base, names[i]!) }),
    };
    const found = yield* survey(source, {
      maxShortSide: 8,
      maxUnreadableFraction: 1,
    });
    yield* writeRunImages(folderStore(run), {
      ids: Array.from(found.usable, (i) => names[i]!),
      sha256s: Array.from(found.usable, (i) => digestAt(found.digests, i)),
      leftOut: found.unreadable,
    });
    const now = yield* Clock.currentTimeMillis;
    yield* Effect.scoped(Effect.flatMap(
      openJournal(join(run, runFiles.journal)),
      (journal) => noteSurveyedFiles(journal, found, now + settledMs, 8),
    ));
    /** What the run knows of each image, in hexadecimal digits. */
    const known = (
      maxShortSide = 8,
      stampOf = (stamp: FileStamp): FileStamp => stamp,
    ) =>
      Effect.gen(function* () {
        const recall = yield* filesKnownToRun(run, source, maxShortSide);
        return yield* Effect.forEach(names, (_, i) =>
          Effect.map(
            recall(i, source.payload(i), stampOf(stampAt(found.stamps, i))),
            (image) => image && digestAt(image.digest, 0),
          ));
      });
    const digests = [0, 1].map((i) => digestAt(found.digests, i));
    return { base, run, known, digests };
  }).pipe(Effect.provide(Progress.layerSilent));

const nothing = [undefined, undefined, undefined];

effectTest(
  "filesKnownToRun() knows the images that the run could read, until a file is touched",
  () =>
    Effect.gen(function* () {
      const { base, known, digests } = yield* surveyedRun(10_000);
      assert.deepEqual(yield* known(), [...digests, undefined]);
      const grown = (stamp: FileStamp) => ({ ...stamp, size: stamp.size + 1 });
      assert.deepEqual(yield* known(8, grown), nothing);
      appendFileSync(join(base, "b.png"), "more");
      assert.deepEqual(yield* known(), nothing);
    }),
);

effectTest(
  "filesKnownToRun() knows nothing of another size, of files changed just now, and without the run's files",
  () =>
    Effect.gen(function* () {
      const { run, known } = yield* surveyedRun(10_000);
      assert.deepEqual(yield* known(16), nothing);
      rmSync(join(run, runFiles.journal));
      assert.deepEqual(yield* known(), nothing);
      const justNow = yield* surveyedRun(0);
      assert.deepEqual(yield* justNow.known(), nothing);
    }),
);

effectTest(
  "filesKnownToRun() knows nothing of another decoder's images",
  () =>
    Effect.gen(function* () {
      const { run, known } = yield* surveyedRun(10_000);
      yield* Effect.scoped(Effect.gen(function* () {
        const journal = yield* openJournal(join(run, runFiles.journal));
        yield* journal.forget(["decoded"]);
        yield* journal.put(
          "decoded",
          "decoder of another version, short side 8",
        );
      }));
      assert.deepEqual(yield* known(), nothing);
    }),
);
