import { matrix } from "@deepcluster/core";
import { canonicalJson } from "@deepcluster/storage";
import { assertAllCount, oneByOne } from "@deepcluster/test";
import { vocPaperSettings } from "./paper_settings.ts";
import { vocDataIdentity, type VocInputs, vocStateOwner } from "./voc_keys.ts";
import assert from "node:assert/strict";

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

Deno.test("vocDataIdentity() changes with images, classes and labels of either set", () => {
  const set = {
    classes: ["cat", "dog"],
    targets: matrix(1, 2, Float32Array.of(1, -1)),
    contentHash: "a",
  };
  const others = [
    { ...set, classes: ["cat", "cow"] },
    { ...set, targets: matrix(1, 2, Float32Array.of(-1, 1)) },
    { ...set, contentHash: "b" },
  ];
  const identities = [
    vocDataIdentity(set, set),
    ...others.flatMap((other) => [
      vocDataIdentity(other, set),
      vocDataIdentity(set, other),
    ]),
  ];
  assert.equal(new Set(identities).size, 7);
});
