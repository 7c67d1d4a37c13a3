/**
 * Checks models in and out at full size against PyTorch: AlexNet and VGG-16 of
 * 224 pixels with 10 000 clusters, in the layout of the authors' checkpoints.
 *
 *     deno run -A tools/verify_models/verify.ts [PYTHON]
 *
 * PYTHON (`/usr/bin/python3` when absent) must have torch. Needs 3 GB of disk,
 * 4 GB of memory and a few minutes. Prints a line of JSON for each comparison;
 * fails when a relative error, `max |a - b| / max |b|`, exceeds 1e-4.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { openModelFile } from "@deepcluster/model-io";
import { featureLayer, featuresGraph, type Network } from "@deepcluster/models";
import { readTensors } from "@deepcluster/storage";
import { Effect } from "effect";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const allowed = 1e-4;
const lastMaps = { alexnet: "features.17", vgg16: "features.43" } as const;
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const modelProgram = pathOf("../../apps/evaluator/model_main.ts");

let worst = 0;

const tell = (line: string) => {
  worst = Math.max(worst, JSON.parse(line).relativeError);
  console.log(line);
};

const compare = (
  model: string,
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
) => {
  let off = actual.length === expected.length ? 0 : Infinity;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    off = Math.max(off, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  tell(JSON.stringify({ model, what, relativeError: off / scale }));
};

const run = async (program: string, ...args: readonly string[]) => {
  const { success, stdout } = await new Deno.Command(program, {
    args: [...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
};

const deno = (...args: readonly string[]) =>
  run(Deno.execPath(), "run", "-A", ...args);

/** Through our reader and our engine. */
const verifyImport = Effect.fnUntraced(function* (
  folder: string,
  name: keyof typeof lastMaps,
) {
  const path = join(folder, `${name}.pth.tar`);
  const { network, tensors, head, origin } = yield* openModelFile(path);
  const { tensors: expected } = yield* readTensors(
    join(folder, `${name}_expected.safetensors`),
  );
  console.error(`${origin}: ${network.name}, ${head?.clusters} clusters`);
  const images = expected["images"]!;
  const map = lastMaps[name];
  const graph = yield* featuresGraph(network, images.shape[0]!, [map]);
  const backend = yield* Backend;
  const program = yield* backend.compile(graph, tensors);
  const outputs = yield* program.run({ images });
  const { data } = outputs["features"]!;
  const what = "our import and engine";
  compare(
    name,
    `${featureLayer(network)}, ${what}`,
    data,
    expected["features"]!.data,
  );
  compare(name, `${map}, ${what}`, outputs[map]!.data, expected["map"]!.data);
  return { network, expected };
});

/** Our ONNX model in a plain session of ONNX Runtime. */
const verifyOnnx = async (
  folder: string,
  name: keyof typeof lastMaps,
  network: Network,
  expected: Readonly<Record<string, { data: ArrayLike<number> }>>,
) => {
  const { size } = network.input;
  const images = Float32Array.from(expected["images"]!.data);
  const batch = images.length / floatTensor([3, size, size]).data.length;
  for (
    const [layer, key] of [
      [featureLayer(network), "features"],
      [lastMaps[name], "map"],
    ] as const
  ) {
    const out = join(folder, `${name}.onnx`);
    const from = join(folder, `${name}.pth.tar`);
    await deno(
      ...[modelProgram, "export", from, "--format", "onnx", "--out", out],
      ...["--layer", layer, "--batch", String(batch), "--force"],
    );
    const { features } = await Effect.runPromise(
      Effect.gen(function* () {
        const backend = yield* Backend;
        const model = yield* backend.openOnnx(out);
        return yield* model.run({
          images: floatTensor([batch, 3, size, size], images),
        });
      }).pipe(
        Effect.scoped,
        Effect.provide(layerOnnx({ provider: "cpu", threads: 2 })),
      ),
    );
    const what = `${layer}, our ONNX model in ONNX Runtime`;
    compare(name, what, features!.data, expected[key]!.data);
    await Deno.remove(out);
  }
};

const python = Deno.args[0] ?? "/usr/bin/python3";
const script = pathOf("pytorch_side.py");
const folder = await Deno.makeTempDir({
  dir: tmpdir(),
  prefix: "verify-models-",
});
try {
  await run(python, script, "make", folder);
  for (const name of ["alexnet", "vgg16"] as const) {
    const { network, expected } = await Effect.runPromise(
      Effect.scoped(verifyImport(folder, name)).pipe(
        Effect.provide(layerOnnx({ provider: "cpu", threads: 2 })),
      ),
    );
    await verifyOnnx(folder, name, network, expected);
    await deno(
      ...[modelProgram, "export", join(folder, `${name}.pth.tar`)],
      ...["--format", "safetensors", "--head"],
      ...["--out", join(folder, `${name}.safetensors`)],
    );
  }
  const lines = await run(python, script, "load", folder);
  lines.trim().split("\n").forEach(tell);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.error(`Largest relative error ${worst}, allowed ${allowed}`);
if (!(worst <= allowed)) Deno.exit(1);
