import { floatTensor } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { openModelFile } from "@deepcluster/model-io";
import { initialise, small } from "@deepcluster/models";
import { createRun, parseConfiguration } from "@deepcluster/runs";
import { folderStore, saveTensors } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

/** As PyTorch wrote it: libs/model-io/fixtures/make_pytorch_files.py. */
const alexnet = fileURLToPath(
  new URL(
    "../../libs/model-io/fixtures/pytorch/alexnet_legacy.pth.tar",
    import.meta.url,
  ),
);

const folderOf = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "model-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
);

const model = (cwd: string, ...args: readonly string[]) =>
  Effect.promise(async () => {
    const program = new URL("model_main.ts", import.meta.url);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fileURLToPath(program), ...args],
      env: { INIT_CWD: cwd, NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return { code, out: text(stdout), log: text(stderr) };
  });

effectTest(
  "model import keeps PyTorch's values as safetensors, and never writes over",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const args = ["import", alexnet, "--out", "a.safetensors", "--head"];
      const first = yield* model(folder, ...args, "--size", "63", "--json");
      assert.equal(first.code, 0, first.log);
      const facts = JSON.parse(first.out);
      assert.equal(facts.network, "alexnet");
      assert.equal(facts.head, 5);
      const kept = yield* openModelFile(join(folder, "a.safetensors"), {
        head: true,
      });
      const original = yield* openModelFile(alexnet, { head: true, size: 63 });
      assert.deepEqual(kept.network, original.network);
      assert.deepEqual({ ...kept.tensors }, original.tensors);
      const again = yield* model(folder, ...args);
      assert.equal(again.code, 1);
      assert.equal(
        again.log,
        "Cannot write a.safetensors as the file must be new, or --force " +
          "given: a file is there",
      );
      assert.equal((yield* model(folder, ...args, "--force")).code, 0);
    }),
);

effectTest(
  "model import says which last layer the file has, kept or not, and what else",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const file = alexnet.replace("alexnet_legacy.pth.tar", "several_zip.pth");
      const args = [
        "import",
        file,
        "--state-dict",
        "teacher",
        "--force",
        "--out",
        "a",
      ];
      const text = yield* model(folder, ...args);
      assert.match(
        text.out,
        /^last layer: 4 clusters in the file, not kept \(--head keeps it\)$/m,
      );
      assert.match(text.out, /^ignored: student, epoch$/m);
      const kept = yield* model(folder, ...args, "--head");
      assert.match(kept.out, /^last layer: 4 clusters in the file, kept$/m);
      const { head, headKept, ignored } = JSON.parse(
        (yield* model(folder, ...args, "--json")).out,
      );
      assert.deepEqual([head, headKept, ignored], [4, false, [
        "student",
        "epoch",
      ]]);
      const without = alexnet.replace(
        "alexnet_legacy.pth.tar",
        "vgg16_zip.pth",
      );
      const none = yield* model(
        folder,
        ...["import", without, "--force", "--out", "a"],
      );
      assert.match(none.out, /^last layer: none in the file$/m);
      const refused = yield* model(folder, "info", file);
      assert.equal(refused.code, 1);
      assert.match(refused.log, /takes one of several\): student/);
    }),
);

effectTest(
  "model info shows parameters that are not finite and warns; import refuses",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const network = yield* small({ sobel: true, channels: [2], units: [3] });
      const weights = initialise(network, 1);
      weights["features.0.weight"]!.data[3] = NaN;
      yield* saveTensors(folderStore(folder), "a", weights);
      const info = yield* model(folder, "info", "a", "--json");
      assert.equal(info.code, 0);
      assert.match(
        info.log,
        /cannot be used as parameters must be finite/,
      );
      assert.equal(JSON.parse(info.out).problems.length, 1);
      const written = yield* model(folder, "import", "a", "--out", "b");
      assert.equal(written.code, 1);
      assert.match(
        written.log,
        /features.0.weight has 1 of 36 that are not, the first NaN at \[0, 0, 1, 0\]/,
      );
      assert.deepEqual(readdirSync(folder), ["a"]);
    }),
);

effectTest(
  "model export writes an ONNX model of a layer that ONNX Runtime runs",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const { code, log } = yield* model(
        folder,
        ..."export --format onnx --layer features.17 --batch 2".split(" "),
        ...["--out", "a.onnx", alexnet],
      );
      assert.equal(code, 0, log);
      const backend = yield* Backend;
      const written = yield* backend.openOnnx(join(folder, "a.onnx"));
      const { features } = yield* written.run({
        images: floatTensor([2, 3, 64, 64]),
      });
      assert.deepEqual(features!.shape, [2, 8, 1, 1]);
      const bytes = readFileSync(join(folder, "a.onnx"));
      writeFileSync(join(folder, "cut.onnx"), bytes.subarray(0, -100));
      const cut = yield* model(folder, "info", "cut.onnx");
      assert.equal(cut.code, 1);
      assert.match(
        cut.log,
        /cut\.onnx as an ONNX model must not be cut off or damaged: \d+ bytes/,
      );
      const none = yield* model(
        folder,
        ..."export --format onnx --batch 0 --out b.onnx".split(" "),
        alexnet,
      );
      assert.match(none.log, /flag --batch: "0"\. Expected: an integer >= 1/);
    }).pipe(
      Effect.scoped,
      Effect.provide(layerOnnx({ provider: "cpu", threads: 1 })),
    ),
);

effectTest(
  "model info opens a run's newest epoch at the size of its settings",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const run = join(folder, "run");
      const settings = { images: "/none", model: "small", size: 40 };
      yield* createRun(run, yield* parseConfiguration(settings, "test"));
      const store = folderStore(run);
      const empty = yield* model(folder, "info", "run");
      assert.equal(empty.code, 1);
      assert.match(empty.log, /a run must hold an intact checkpoint/);
      const network = yield* small({ sobel: true, size: 40 });
      for (const epoch of [0, 1]) {
        const path = `checkpoints/epoch-000${epoch}.safetensors`;
        yield* saveTensors(store, path, initialise(network, epoch));
      }
      const { out, code, log } = yield* model(folder, "info", "run", "--json");
      assert.equal(code, 0, log);
      const facts = JSON.parse(out);
      assert.match(facts.origin, /epoch-0001.safetensors$/);
      assert.deepEqual([facts.network, facts.size, facts.clusters], [
        "small",
        40,
        null,
      ]);
      assert.deepEqual(facts.layers.at(-2), {
        name: "classifier.1",
        alias: "features",
        type: "linear",
        shape: [512],
      });
    }),
);

effectTest(
  "model refuses what is no model, an unknown layer, and flags that do not fit",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      writeFileSync(join(folder, "a.txt"), "no model");
      const refused = [
        [["info", "a.txt"], /must be a file of safetensors or of torch.save/],
        [["info", "none.pth"], /the path must exist/],
        [
          `export ${alexnet} --format onnx --out b --layer conv6`.split(" "),
          /must be one of sobel.0, .*conv5 \(features.16\).* current value is layer=conv6/,
        ],
        [
          `export ${alexnet} --format safetensors --out b --batch 2`.split(" "),
          /--batch must go with --format onnx/,
        ],
      ] as const;
      for (const [args, message] of refused) {
        const { code, log } = yield* model(folder, ...args);
        assert.equal(code, 1);
        assert.match(log, message);
      }
      assert.deepEqual(readdirSync(folder), ["a.txt"]);
    }),
);

effectTest(
  "model info names --size where no network of that size fits the file",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf;
      const { code, log } = yield* model(
        folder,
        ...["info", alexnet, "--size", "3"],
      );
      assert.equal(code, 1);
      assert.equal(
        log,
        `Cannot open the model ${alexnet} as --size must be from 63 to 94: ` +
          "--size 3",
      );
    }).pipe(Effect.scoped),
);
