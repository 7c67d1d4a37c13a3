import assert from "node:assert/strict";
import { folderLayout } from "./folder_layout.ts";

/** Roles and names of the parts, then the class of each image. */
const read = (...ids: string[]) => {
  const layout = folderLayout(ids.toSorted());
  assert.ok(!("ambiguous" in layout), JSON.stringify(layout));
  return layout;
};

const partsOf = (...ids: string[]) =>
  read(...ids).parts.map(({ role, name, images }) =>
    `${role} ${name} ${images}`
  );

const refusal = (...ids: string[]) => {
  const layout = folderLayout(ids.toSorted());
  assert.ok("ambiguous" in layout, JSON.stringify(layout));
  return layout.ambiguous;
};

Deno.test("folderLayout() knows the usual names of parts in any case", () => {
  for (const train of ["train", "Training", "TRAIN"]) {
    for (const test of ["test", "Testing", "EVAL"]) {
      assert.deepEqual(
        partsOf(`${train}/a/1.png`, `${train}/b/2.png`, `${test}/a/3.png`),
        [`train ${train} 2`, `test ${test} 1`],
      );
    }
    for (const val of ["val", "Valid", "validation", "Dev"]) {
      assert.deepEqual(
        partsOf(`${train}/a/1.png`, `${val}/a/2.png`, "test/b/3.png"),
        [`train ${train} 1`, "test test 1", `validation ${val} 1`],
      );
    }
  }
});

Deno.test("folderLayout() takes the folders in parts for classes", () => {
  const { classNames } = read(
    "test/dog/deep/4.png",
    "train/cat/1.png",
    "train/dog/2.png",
    "train/loose.png",
  );
  assert.deepEqual(classNames, ["dog", "cat", "dog", undefined]);
});

Deno.test("folderLayout() has parts without classes", () => {
  const { parts, classNames } = read("test/1.png", "train/2.png");
  assert.deepEqual(parts.map(({ prefix }) => prefix), ["train/", "test/"]);
  assert.deepEqual(classNames, [undefined, undefined]);
});

Deno.test("folderLayout() sees through folders around all others", () => {
  const classes = read("set/v2/cat/1.png", "set/v2/dog/2.png");
  assert.equal(classes.wrapper, "set/v2/");
  assert.deepEqual(classes.classNames, ["cat", "dog"]);
  const parts = read("set/test/cat/1.png", "set/train/cat/2.png");
  assert.deepEqual(
    parts.parts.map(({ prefix }) => prefix),
    ["set/train/", "set/test/"],
  );
  const twice = read(
    "test/test/dog/1.png",
    "train/train/cat/2.png",
    "train/train/dog/3.png",
  );
  assert.deepEqual(twice.classNames, ["dog", "cat", "dog"]);
  const stray = read("set/cat/1.png", "set/dog/2.png", "stray.png");
  assert.deepEqual(stray.classNames, ["cat", "dog", undefined]);
});

Deno.test("folderLayout() takes one class in a part for a class", () => {
  const { classNames } = read(
    "test/dog/front/1.png",
    "test/dog/side/2.png",
    "train/cat/3.png",
    "train/dog/4.png",
  );
  assert.deepEqual(classNames, ["dog", "dog", "cat", "dog"]);
});

Deno.test("folderLayout() finds no classes in one folder or none", () => {
  for (
    const ids of [["cat/1.png", "cat/2.png"], ["test/1.png"], ["1.png"], [
      "a/b/1.png",
    ]]
  ) {
    const { wrapper, parts, classNames } = read(...ids);
    assert.deepEqual([wrapper, parts], ["", []]);
    assert.ok(classNames.every((name) => name === undefined));
  }
});

Deno.test("folderLayout() takes a train among vehicles for a class", () => {
  const { parts, classNames } = read("bus/1.png", "train/2.png", "tram/3.png");
  assert.deepEqual(parts, []);
  assert.deepEqual(classNames, ["bus", "train", "tram"]);
});

Deno.test("folderLayout() leaves out what lies beside parts with classes", () => {
  const { parts, classNames } = read(
    "test/cat/1.png",
    "train/cat/2.png",
    "train/dog/3.png",
    "unlabeled/4.png",
    "notes.png",
  );
  assert.deepEqual(parts.map(({ name }) => name), ["train", "test"]);
  assert.deepEqual(classNames, [undefined, "cat", "cat", "dog", undefined]);
});

Deno.test("folderLayout() tells what may be parts as well as classes", () => {
  assert.equal(
    refusal("bus/1.png", "train/steam/2.png", "train/diesel/3.png"),
    "train is the name of a part, bus is not",
  );
  assert.equal(
    refusal("cat/1.png", "dog/2.png", "test/3.png"),
    "test is the name of a part, cat is not",
  );
  assert.equal(
    refusal("test/1.png", "train/2.png", "unlabeled/3.png"),
    "test is the name of a part, unlabeled is not",
  );
  assert.equal(
    refusal("dev/a/1.png", "test/a/2.png"),
    "dev and test are names of parts, and none is for training",
  );
  assert.equal(
    refusal("Train/a/1.png", "test/a/2.png", "training/a/3.png"),
    "Train and training are both names of a train part",
  );
});

Deno.test("folderLayout() takes classes that differ in case for one, if clear", () => {
  const { classNames, renamed } = read(
    "test/cat/1.png",
    "test/fox/2.png",
    "train/Cat/3.png",
    "train/Dog/4.png",
  );
  assert.deepEqual(classNames, ["Cat", "fox", "Cat", "Dog"]);
  assert.deepEqual([...renamed], [["cat", "Cat"]]);
  const letters = read("test/A/1.png", "train/A/2.png", "train/a/3.png");
  assert.deepEqual(letters.classNames, ["A", "A", "a"]);
});

Deno.test("folderLayout() refuses names that mean parts in other words", () => {
  for (
    const [train, test] of [
      ["train_images", "test_images"],
      ["training_set", "test_set"],
      ["train2017", "val2017"],
      ["seg-train", "seg-test"],
      ["TrainData", "ValidData"],
      ["trainA", "testA"],
      ["train", "testset"],
    ] as const
  ) {
    assert.equal(
      refusal(`${train}/a/1.png`, `${train}/b/2.png`, `${test}/a/3.png`),
      `${train} and ${test} are named like parts`,
    );
    assert.equal(
      refusal(`${train}/1.png`, `${test}/2.png`),
      `${train} and ${test} are named like parts`,
    );
    assert.equal(
      refusal(`${train}/a/1.png`, `${test}/a/2.png`, "pred/3.png"),
      `${train} and ${test} are named like parts`,
    );
  }
  const classes = read(
    "hand/1.png",
    "test tube/2.png",
    "train station/3.png",
  );
  assert.deepEqual(classes.classNames, ["hand", "test tube", "train station"]);
  const vehicles = read("steam train/1.png", "express train/2.png");
  assert.deepEqual(vehicles.parts, []);
});

Deno.test("folderLayout() tells of parts that lie within classes", () => {
  const within = (...ids: string[]) => read(...ids).partsWithin;
  assert.deepEqual(
    within("a/good/1.png", "b/Test/2.png", "b/train/3.png", "b/dev/4.png"),
    ["b/train/", "b/dev/"],
  );
  assert.deepEqual(within("a/train/1.png", "b/test/2.png", "3.png"), []);
  assert.deepEqual(within("train/a/1.png", "test/a/2.png"), []);
});
