import { Progress } from "@deepcluster/core";
import {
  digestAt,
  folderSource,
  type ImageSource,
  survey,
} from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { openJournal, runFiles, writeRunImages } from "@deepcluster/runs";
import { folderStore, writeTable } from "@deepcluster/storage";
import { effectTest, makeClasses } from "@deepcluster/test";
import { Effect } from "effect";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEvaluationData } from "../evaluation_data.ts";
import { openEvaluationImages } from "../evaluation_images.ts";
import { sourceIndicesOfRun } from "./run_source_indices.ts";
import assert from "node:assert/strict";

const promised = <A>(make: () => Promise<A>) => Effect.promise(make);

const madeFolder = Effect.acquireRelease(
  promised(() => mkdtemp(join(tmpdir(), "run-places-"))),
  (folder) => promised(() => rm(folder, { recursive: true })),
);

/** A run folder with the images of a source, of this or an earlier version. */
const runOf = Effect.fnUntraced(function* (
  source: ImageSource,
  version: "now" | "earlier",
) {
  const folder = yield* madeFolder;
  const store = folderStore(folder);
  const found = yield* survey(source, { maxUnreadableFraction: 0.5 });
  const { usable, unreadable: leftOut, digests, contentHash } = found;
  const ids = Array.from(usable, (position) => source.ids[position]!);
  const sha256s = Array.from(usable, (at) => digestAt(digests, at));
  yield* writeRunImages(store, { ids, sha256s, leftOut });
  if (version === "earlier") {
    const rows = ids.map((id) => [id]);
    yield* writeTable(store, runFiles.images, ["path"], rows);
  }
  yield* openJournal(join(folder, runFiles.journal)).pipe(
    Effect.flatMap((journal) => journal.put("survey", { contentHash })),
    Effect.scoped,
  );
  return { folder, ids };
});

/** Names of the labelled images that are found for those of a run. */
const foundIn = Effect.fnUntraced(function* (
  path: string,
  { folder, ids }: { readonly folder: string; readonly ids: readonly string[] },
) {
  const data = yield* openEvaluationData(path);
  const images = yield* openEvaluationImages(data, {
    size: 16,
    folder: yield* madeFolder,
    maxUnreadableShare: 0.5,
  });
  const places = yield* sourceIndicesOfRun(folder, ids, { data, images });
  return Array.from(places, (place) => data.source.ids[place]!);
});

/** MNIST's four files, with `train` and `t10k` images of 2 x 2 pixels. */
const makeMnist = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  for (
    const [half, images, start] of [["train", 9, 0], ["t10k", 6, 50]] as const
  ) {
    const pixels = Array.from({ length: 4 * images }, (_, i) => start + i);
    const labels = Array.from({ length: images }, (_, i) => i % 3);
    await writeFile(
      join(folder, `${half}-images-idx3-ubyte`),
      Uint8Array.of(0, 0, 8, 3, ...[images, 2, 2].flatMap(word), ...pixels),
    );
    await writeFile(
      join(folder, `${half}-labels-idx1-ubyte`),
      Uint8Array.of(0, 0, 8, 1, ...word(images), ...labels),
    );
  }
};

const word = (value: number) => [0, 0, 0, value];

for (const version of ["now", "earlier"] as const) {
  effectTest(
    `sourceIndicesOfRun() finds the half of MNIST's files that a run learned from, ` +
      `of the version ${version}`,
    () =>
      Effect.gen(function* () {
        const root = yield* madeFolder;
        const mnist = join(root, "mnist");
        yield* promised(() => makeMnist(mnist));
        for (const [half, part] of [["train", "train"], ["t10k", "test"]]) {
          const file = join(mnist, `${half}-images-idx3-ubyte`);
          const run = yield* runOf((yield* openSource(file)).source, version);
          const expected = run.ids.map((id) => `${part}/${id}`);
          assert.deepEqual(yield* foundIn(mnist, run), expected);
          assert.deepEqual(yield* foundIn(file, run), run.ids);
        }
        // Two thirds of the training images, by the rule of `--limit`.
        const limited = yield* openSource(mnist, { limit: 6 });
        const run = yield* runOf(limited.source, version);
        assert.deepEqual(
          yield* foundIn(mnist, run),
          run.ids.map((id) => `train/${id}`),
        );
        // The first six names are those of the other half, too.
        const other = join(mnist, "t10k-images-idx3-ubyte");
        const { source } = yield* openSource(other);
        const train = yield* openSource(mnist);
        const six = {
          ...source,
          payload: (index: number) => train.source.payload(index + 3),
        };
        const refused = yield* Effect.flip(
          foundIn(mnist, yield* runOf(six, version)),
        );
        assert.match(
          refused.message,
          version === "now"
            ? /content that it learned from: .*images=6, other content=00000 \(/
            : /content that it learned from: .*other content=one or more of/,
        );
      }).pipe(Effect.provide(Progress.layerSilent)),
  );

  effectTest(
    "sourceIndicesOfRun() refuses other images under the same names, and finds those " +
      `of a folder within, above or in another order, of the version ${version}`,
    () =>
      Effect.gen(function* () {
        const root = yield* madeFolder;
        const [set, same, altered] = ["set", "same", "altered"]
          .map((name) => join(root, name)) as [string, string, string];
        yield* promised(async () => {
          await makeClasses(set, 3);
          await writeFile(join(set, "down", "bad.png"), "no image");
          await cp(set, same, { recursive: true });
          await cp(set, altered, { recursive: true });
          await cp(
            join(altered, "down", "000.png"),
            join(altered, "rings", "002.png"),
          );
          await makeClasses(join(root, "parts", "train"), 2, 40);
          await makeClasses(join(root, "parts", "test"), 1, 50);
        });
        const run = yield* runOf((yield* folderSource(set)).source, version);
        assert.equal(run.ids.length, 9);
        assert.deepEqual(yield* foundIn(same, run), run.ids);
        assert.match(
          (yield* Effect.flip(foundIn(altered, run))).message,
          version === "now"
            ? /images=9, other content=rings\/002.png \(--clusters/
            : /images=9, other content=one or more of them \(--clusters/,
        );
        const names = (yield* promised(() => readdir(set, { recursive: true })))
          .filter((name) => name.endsWith(".png")).sort().reverse();
        const table = join(set, "reversed.csv");
        yield* promised(() =>
          writeFile(
            table,
            ["path,label", ...names.map((name) => `${name},${name[0]}`), ""]
              .join("\n"),
          )
        );
        assert.deepEqual(yield* foundIn(table, run), run.ids);
        const parts = join(root, "parts");
        const part = yield* folderSource(join(parts, "train"));
        const inner = yield* runOf(part.source, version);
        assert.deepEqual(
          yield* foundIn(parts, inner),
          inner.ids.map((id) => `train/${id}`),
        );
        // Names that are absolute paths, in a place that is left since.
        const { source } = yield* folderSource(same);
        const absolute = {
          ...source,
          ids: source.ids.map((id) => `/elsewhere/${id}`),
        };
        const moved = yield* runOf(absolute, version);
        assert.deepEqual(yield* foundIn(same, moved), run.ids);
        const list = join(root, "list.csv");
        yield* promised(() =>
          writeFile(
            list,
            ["path,label", ...names.map((name) => `${same}/${name},${name[0]}`)]
              .join("\n"),
          )
        );
        assert.deepEqual(
          yield* foundIn(list, moved),
          run.ids.map((id) => `same/${id}`),
        );
        assert.match(
          (yield* Effect.flip(foundIn(set, inner))).message,
          /must have labels there: current values are images=6, labelled=0/,
        );
      }).pipe(Effect.provide(Progress.layerSilent)),
  );
}
