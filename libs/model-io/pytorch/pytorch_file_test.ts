import { readTensors } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Cause, Effect, Exit } from "effect";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModelFile } from "../model_file.ts";
import assert from "node:assert/strict";

/** Written by PyTorch: fixtures/make_pytorch_files.py. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/pytorch/${name}`, import.meta.url));

const messageOf = (path: string) =>
  Effect.map(Effect.flip(openModelFile(path)), ({ message }) => message);

/** A changed copy of a file. */
const changed = Effect.fnUntraced(function* (
  name: string,
  change: (bytes: Buffer) => Uint8Array,
) {
  const path = join(yield* temporaryFolder, name);
  writeFileSync(path, change(readFileSync(fixture(name))));
  return path;
});

const alexnets = [
  ["alexnet_zip.pth.tar", "PyTorch zip, arch alexnet, epoch 3"],
  ["alexnet_legacy.pth.tar", "PyTorch legacy, arch alexnet, epoch 3"],
  ["alexnet_tar.pth.tar", "PyTorch tar, arch alexnet, epoch 3"],
  ["alexnet_odd.pth", "PyTorch zip"],
] as const;

for (const [name, origin] of alexnets) {
  effectTest(
    `openModelFile() opens ${name} with PyTorch's values and last layer`,
    () =>
      Effect.gen(function* () {
        const path = fixture(name);
        const model = yield* openModelFile(path, { head: true });
        const { tensors } = yield* readTensors(fixture("alexnet.safetensors"));
        assert.deepEqual(
          Object.fromEntries(Object.entries(model.tensors)),
          tensors,
        );
        assert.equal(model.origin, `${origin}, ${path}`);
        assert.equal(model.network.name, "alexnet");
        assert.equal(model.network.sobel, true);
        assert.equal(model.network.input.size, 64);
        assert.deepEqual(model.sizes, [63, 94]);
        assert.deepEqual(model.head, { clusters: 5 });
        const { network } = yield* openModelFile(path, { size: 63 });
        assert.equal(network.input.size, 63);
      }),
  );
}

for (const name of ["vgg16_zip.pth", "vgg16_legacy.pth"]) {
  effectTest(
    `openModelFile() opens ${name} with PyTorch's values, without a head`,
    () =>
      Effect.gen(function* () {
        const model = yield* openModelFile(fixture(name));
        const { tensors } = yield* readTensors(fixture("vgg16.safetensors"));
        assert.deepEqual({ ...model.tensors }, tensors);
        assert.equal(model.network.name, "vgg16");
        assert.equal(model.network.sobel, false);
        assert.equal(model.head, undefined);
      }),
  );
}

effectTest(
  "openModelFile() refuses a pickled module by the name of its class",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* messageOf(fixture("module_legacy.pth")),
        `Cannot open the model ${fixture("module_legacy.pth")} as it must ` +
          "hold a state_dict, as torch.save(model.state_dict()) writes it: " +
          "it is torch.nn.modules.container.Sequential",
      );
    }),
);

effectTest(
  "openModelFile() refuses every file that is cut off",
  () =>
    Effect.gen(function* () {
      for (const [name] of alexnets) {
        const { byteLength } = readFileSync(fixture(name));
        // the end of a tar is padding; of a zip, its directory
        const last = name.includes("tar.") ? 12_000 : 1;
        for (let i = 0; i < 40; i++) {
          const end = Math.floor(i * (byteLength - last) / 39);
          const path = yield* changed(name, (bytes) => bytes.subarray(0, end));
          const error = yield* Effect.flip(openModelFile(path));
          assert.equal(error._tag, "ModelFileError", `${name} cut at ${end}`);
        }
      }
    }),
);

effectTest(
  "openModelFile() of a damaged file is a model or a typed error",
  () =>
    Effect.gen(function* () {
      let refusals = 0;
      for (const [name] of alexnets) {
        const { byteLength } = readFileSync(fixture(name));
        for (let i = 0; i < 150; i++) {
          const at = i < 100 ? i * 37 % 6000 : byteLength - 1 - (i * 61 % 6000);
          const path = yield* changed(name, (bytes) => {
            bytes[at]! ^= 1 << (i % 8);
            return bytes;
          });
          const exit = yield* Effect.exit(openModelFile(path));
          if (Exit.isSuccess(exit)) continue;
          assert.ok(!Cause.hasDies(exit.cause), `${name} ${at}: ${exit.cause}`);
          refusals++;
        }
      }
      assert.ok(refusals > 100, `${refusals} of 600`);
    }),
);

effectTest(
  "openModelFile() reads no value from beyond a storage, whatever is claimed",
  () =>
    Effect.gen(function* () {
      // the pickle of the zip says a storage of 3 values: key 1, cpu, 3
      const claims = Buffer.from("X\x03\0\0\0cpu", "latin1");
      const path = yield* changed("vgg16_zip.pth", (bytes) => {
        const at = bytes.indexOf(claims);
        const count = bytes.indexOf(0x74, at); // TUPLE
        assert.ok(at > 0 && count - at < 20);
        // BININT1 27 of the first storage grows to 255
        const size = bytes.lastIndexOf(0x4b, count);
        bytes[size + 1] = 255;
        return bytes;
      });
      const model = yield* openModelFile(path);
      const { tensors } = yield* readTensors(fixture("vgg16.safetensors"));
      assert.deepEqual({ ...model.tensors }, tensors);
      const smaller = yield* changed("vgg16_zip.pth", (bytes) => {
        const at = bytes.indexOf(claims);
        const count = bytes.indexOf(0x74, at);
        bytes[bytes.lastIndexOf(0x4b, count) + 1] = 2;
        return bytes;
      });
      assert.match(
        yield* messageOf(smaller),
        /must lie within its storage: module.features.0.weight \[1,3,3,3\] from 0 of 2 values/,
      );
    }),
);

effectTest(
  "openModelFile() refuses foreign files, saying what they look like",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const path = join(folder, "a");
      const cases = [
        [
          "",
          /must be a file of safetensors or of torch.save: it is empty$/,
        ],
        ["\x89HDF\r\n\x1a\n", /it is an HDF5 file, as Keras writes/],
        ['{"data": {"a": 1}}', /it is JSON text, perhaps of a download/],
        ["\x80\x02X\x01\0\0\0a.", /must be one of torch.save: it holds "a"/],
        [
          "\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.",
          /must be one of torch.save: it holds posix.system$/,
        ],
        ["PK\x03\x04 and no more", /a zip file must be whole .* was cut off$/],
      ] as const;
      for (const [content, expected] of cases) {
        writeFileSync(path, content, "latin1");
        assert.match(yield* messageOf(path), expected);
      }
    }),
);
