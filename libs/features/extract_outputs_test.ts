import { Progress, type Tensors } from "@deepcluster/core";
import { imageSet, tenCropTransform } from "@deepcluster/data";
import { layerReference } from "@deepcluster/gpu-backend";
import { flatten } from "@deepcluster/graph";
import { featuresGraph, initialise, small } from "@deepcluster/models";
import { openRowFile, removeRowFile } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Data, Effect, Layer, Stream } from "effect";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "./extract.ts";
import { extractOutputs } from "./extract_outputs.ts";
import { compileOutputs } from "./outputs_program.ts";
import { type ImagePass, imagePass } from "./image_pass.ts";
import assert from "node:assert/strict";

const size = 8;
const network = Effect.runSync(
  small({ sobel: false, size, channels: [4, 6], units: [7] }),
);
const parameters: Tensors = initialise(network, 3);
const fresh = () => mkdtempSync(join(tmpdir(), "outputs-"));

const images = imageSet({
  name: "noise",
  ids: Array.from({ length: 9 }, (_, i) => `${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 9,
    height: 9,
    channels: 1,
    data: Uint8Array.from({ length: 81 }, (_, p) => (p * (index + 3)) & 255),
  }),
});
const pass = imagePass(images, tenCropTransform({ crop: size }), 4);

class Stopped extends Data.TaggedError("Stopped") {}

const stoppedAt = (row: number): ImagePass<unknown> => ({
  ...pass,
  from: (index) =>
    pass.from(index).pipe(
      Stream.mapEffect((batch) =>
        batch.indices.includes(row)
          ? Effect.fail(new Stopped())
          : Effect.succeed(batch)
      ),
    ),
});

/** Both outputs of a small net into two files of a folder. */
const extractTo = (folder: string, images: ImagePass<unknown> = pass) =>
  Effect.scoped(Effect.gen(function* () {
    const graph = yield* featuresGraph(network, 4, ["features.2"]);
    const map = flatten(graph.outputs["features.2"]!);
    const outputs = { map, features: graph.outputs["features"]! };
    const compile = compileOutputs(
      { ...graph, outputs },
      parameters,
      images.batch,
    );
    yield* extractOutputs(compile, images, {
      map: yield* openRowFile(join(folder, "map"), 4 * size * size),
      features: yield* openRowFile(join(folder, "features"), 7),
    }, { syncIntervalMs: 0 });
  }));

const bytesIn = (folder: string) =>
  ["map", "features"].map((name) => readFileSync(join(folder, name)));

const silent = Layer.merge(layerReference, Progress.layerSilent);

effectTest(
  "extractOutputs() writes the features that extract() writes, beside others",
  () =>
    Effect.gen(function* () {
      const folder = fresh();
      yield* extractTo(folder);
      const [map, features] = bytesIn(folder);
      assert.equal(map!.length, 9 * 4 * size * size * 4);
      const alone = join(fresh(), "f");
      const file = yield* openRowFile(alone, 7);
      yield* extract(network, parameters, pass, file);
      assert.deepEqual(features, readFileSync(alone));
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extractOutputs() stopped in any batch and resumed equals an uninterrupted pass",
  () =>
    Effect.gen(function* () {
      const whole = fresh();
      yield* extractTo(whole);
      for (const stop of [0, 5, 8]) {
        const folder = fresh();
        yield* Effect.flip(extractTo(folder, stoppedAt(stop)));
        yield* extractTo(folder);
        assert.deepEqual(bytesIn(folder), bytesIn(whole));
      }
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extractOutputs() fills up the shorter of two files and leaves the longer",
  () =>
    Effect.gen(function* () {
      const whole = fresh();
      yield* extractTo(whole);
      const folder = fresh();
      yield* Effect.flip(extractTo(folder, stoppedAt(8)));
      yield* removeRowFile(join(folder, "map"));
      yield* extractTo(folder);
      assert.deepEqual(bytesIn(folder), bytesIn(whole));
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "imagePass() gives the views of an image one after the other, from any row on",
  () =>
    Effect.gen(function* () {
      const transform = tenCropTransform({ crop: size });
      const rows = (from: number) =>
        Stream.runFold(
          imagePass(images, transform, 4, 10).from(from),
          () => [] as number[][],
          (seen, { images: { data }, indices }) => {
            indices.forEach((index, i) =>
              seen.push([index, ...data.slice(i * 192, i * 192 + 192)])
            );
            return seen;
          },
        );
      const all = yield* rows(0);
      assert.equal(all.length, 90);
      assert.deepEqual(all.map(([image]) => image).slice(8, 12), [0, 0, 1, 1]);
      assert.notDeepEqual(all[0], all[1]);
      assert.deepEqual(yield* rows(36), all.slice(36));
    }).pipe(Effect.provide(silent)),
);
