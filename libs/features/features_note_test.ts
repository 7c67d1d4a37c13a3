import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  featuresNoteName,
  noteFeatures,
  readFeaturesNote,
} from "./features_note.ts";
import assert from "node:assert/strict";

const note = { model: "random", images: "photos", crops: "one", seconds: 2 };

effectTest(
  "noteFeatures() adds up the seconds of all commands",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* noteFeatures(folder, note);
      yield* noteFeatures(folder, { ...note, seconds: 0.5 });
      assert.deepEqual(yield* readFeaturesNote(folder), {
        ...note,
        seconds: 2.5,
      });
    }),
);

effectTest(
  "readFeaturesNote() takes a note that lacks something for none",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      assert.equal(yield* readFeaturesNote(folder), undefined);
      for (
        const damaged of [
          { ...note, model: 3 },
          { ...note, crops: undefined },
          { ...note, seconds: -1 },
          { ...note, seconds: "2" },
          null,
          [],
        ]
      ) {
        writeFileSync(join(folder, featuresNoteName), JSON.stringify(damaged));
        assert.equal(yield* readFeaturesNote(folder), undefined);
      }
      writeFileSync(join(folder, featuresNoteName), "{");
      assert.equal(yield* readFeaturesNote(folder), undefined);
    }),
);
