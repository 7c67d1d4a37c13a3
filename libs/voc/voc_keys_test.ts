import { canonicalJson } from "@deepcluster/storage";
import { assertAllCount, oneByOne } from "@deepcluster/test";
import { vocPaperSettings } from "./paper_settings.ts";
import { type VocInputs, vocStateOwner } from "./voc_keys.ts";

Deno.test("vocStateOwner() changes with each of its inputs", () => {
  const { crops: _, iterations: __, ...settings } = vocPaperSettings;
  assertAllCount<VocInputs>(
    (inputs) => canonicalJson(vocStateOwner(inputs)),
    {
      model: "a",
      classes: ["cat", "dog"],
      images: "b",
      decoder: "d 1",
      targets: Float32Array.of(1, 0, 0, 1),
      settings,
    },
    {
      model: ["b"],
      classes: [["dog", "cat"]],
      images: ["a"],
      decoder: ["d 2"],
      targets: [Float32Array.of(1, 0, 0, -1)],
      settings: oneByOne(settings, {
        split: ["train"],
        layers: ["all"],
        freezeBatchNormScales: [true],
        batch: [8],
        learningRate: [1],
        halveEvery: [1],
        momentum: [0.5],
        weightDecay: [1],
        clipNorm: [1],
        cropScale: [[0.1, 1], [0.2, 0.5]],
        seed: [1],
      }),
    },
  );
});
