import { floatTensor } from "@deepcluster/core";
import { readTensors } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { fileURLToPath } from "node:url";
import { openModelFile } from "../model_file.ts";
import type { Pickled, TensorView } from "./pickled.ts";
import { savedValues } from "./saved_tensors.ts";
import assert from "node:assert/strict";

/** Written by PyTorch: fixtures/make_pytorch_beside.py. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/pytorch/${name}`, import.meta.url));

const messageOf = (name: string, state?: string) =>
  Effect.map(
    Effect.flip(openModelFile(fixture(name), state ? { state } : {})),
    ({ message }) => message,
  );

const cases = [
  ["beside_zip.pth", ["epoch", "args", "numpy_random", "waves", "sparse"]],
  ["beside_protocol4.pth", ["raw", "python_random", "large", "quantised"]],
  ["beside_legacy.pth", ["when", "price", "criterion", "torch_random"]],
  ["beside_tar.pth.tar", ["scheduler", "log", "device", "sets"]],
  ["expanded_zip.pth", []],
  ["expanded_legacy.pth", []],
] as const;

for (const [name, ignored] of cases) {
  effectTest(
    `openModelFile() opens ${name}, whatever is beside the weights, and names it`,
    () =>
      Effect.gen(function* () {
        const model = yield* openModelFile(fixture(name), { head: true });
        const { tensors } = yield* readTensors(fixture("small.safetensors"));
        assert.deepEqual({ ...model.tensors }, tensors);
        assert.deepEqual(model.head, { clusters: 4 });
        for (const key of ignored) assert.ok(model.ignored.includes(key), key);
        assert.equal(
          model.notCalled.includes("argparse.Namespace"),
          ignored.length > 0,
        );
      }),
  );
}

effectTest(
  "openModelFile() lets --state choose among several networks, and names them",
  () =>
    Effect.gen(function* () {
      const names = "student.module.backbone, teacher.backbone._orig_mod";
      assert.match(
        yield* messageOf("several_zip.pth"),
        new RegExp(`takes one of several\\): ${names}$`),
      );
      assert.match(
        yield* messageOf("several_zip.pth", "ema"),
        new RegExp(`must name one network in it: ema; there is ${names}$`),
      );
      const { tensors } = yield* readTensors(fixture("small.safetensors"));
      for (
        const [state, shift] of [
          ["teacher", 0],
          ["student", 1],
          ["student.module", 1],
          ["_orig_mod", 0],
        ] as const
      ) {
        const model = yield* openModelFile(fixture("several_zip.pth"), {
          state,
          head: true,
        });
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          const expected = Float32Array.from(data, (value) => value + shift);
          assert.deepEqual(model.tensors[name], floatTensor(shape, expected));
        }
      }
    }),
);

effectTest(
  "openModelFile() refuses what cannot be read within the state, by its key",
  () =>
    Effect.gen(function* () {
      assert.match(
        yield* messageOf("sparse_zip.pth"),
        /tensors of numbers by name: classifier.1.weight is torch._utils._rebuild_sparse_tensor$/,
      );
    }),
);

effectTest(
  "openModelFile() calls a tensor without a name what it is",
  () =>
    Effect.gen(function* () {
      assert.match(
        yield* messageOf("alone_zip.pth"),
        /must hold a state_dict, as .* writes it: it is a tensor$/,
      );
    }),
);

const view: TensorView = {
  kind: "tensor",
  storage: { kind: "storage", key: "0", type: "Float", start: 0, elements: 9 },
  offset: 0,
  shape: [3],
  strides: [1],
};

const dict = (...entries: ReadonlyArray<readonly [Pickled, Pickled]>) =>
  ({ kind: "dict", entries: new Map(entries) }) as const;

const namesOf = (root: Pickled) => {
  const values = savedValues(root);
  return values.kind === "saved" ? [...values.tensors.keys()] : values.found;
};

Deno.test("savedValues() visits what refers to itself once, and passes over long names", () => {
  const itself = dict(["a.weight", view]);
  itself.entries.set("again", itself);
  itself.entries.set("b".repeat(600), view);
  assert.deepEqual(namesOf(itself), ["a.weight"]);
  let deep: Pickled = dict(["weight", view]);
  for (let i = 0; i < 100_000; i++) deep = dict(["", deep]);
  assert.deepEqual(namesOf(deep), []);
});

Deno.test("savedValues() refuses two tensors of one name", () => {
  assert.equal(
    namesOf(dict(["a.weight", view], ["a", dict(["weight", view])])),
    "a.weight",
  );
});

Deno.test("savedValues() takes counters and masks for no parameters", () => {
  const bytes = {
    ...view,
    storage: { ...view.storage, type: "Byte" },
  } as const;
  const values = savedValues(
    dict(["mask", bytes], ["a.weight", bytes], ["empty", {
      ...view,
      shape: [0],
    }], ["__proto__", view]),
  );
  assert.ok(values.kind === "saved");
  assert.deepEqual([...values.tensors.keys()], ["a.weight", "__proto__"]);
  assert.deepEqual([...values.others.keys()], ["mask", "empty"]);
});
