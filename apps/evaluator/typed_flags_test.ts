import { fromHere } from "@deepcluster/terminal";
import assert from "node:assert/strict";
import { typedFlags } from "./typed_flags.ts";

const subject = { command: "linear", model: "runs/a", data: "photos" };

Deno.test("typedFlags() keeps what decides the figures, wherever it is typed", () => {
  const words = ["evaluate", "linear", "--standardise", "runs/a", "--json"]
    .concat("--no-sobel", "photos", "--layers=conv1,conv2", "--epoch", "3");
  assert.deepEqual(typedFlags(words, subject), [
    "--standardise",
    "--no-sobel",
    "--layers",
    "conv1,conv2",
  ]);
});

Deno.test("typedFlags() tells MODEL and DATA from values of the same text", () => {
  const words = ["linear", "--split-by", "photos", "runs/a", "photos"];
  assert.deepEqual(typedFlags(words, subject), ["--split-by", "photos"]);
});

Deno.test("typedFlags() makes paths absolute", () => {
  const words = ["linear", "runs/a", "photos", "--train-list", "a.txt"];
  assert.deepEqual(typedFlags(words, subject), [
    "--train-list",
    fromHere("a.txt"),
  ]);
});
