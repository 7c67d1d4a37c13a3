#!/usr/bin/env bash
# onnxruntime-node says CUDA 12, needs CUDA 13, and its error does not tell.
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; its CUDA provider out of
# onnxruntime-gpu 1.30.0 (PyPI), for Python 3.13 on Linux x86-64, where no CUDA
# is installed. No GPU is needed.
# Guess: the README ("CUDA v12") and the installer ("cuda12") name the CUDA that
# the provider of the same version is linked with; where a library is missing
# the error says which, as Python's does; and of ["cuda", "cpu"] the CPU is
# taken, as in Python.
# Seen: the provider is linked with CUDA 13. On a machine that was set up by the
# README it does not load, and InferenceSession.create fails with one sentence,
# the same whether the provider was never installed, its companion is missing or
# CUDA is; the library's name stands only in the log on stderr, and nowhere with
# env.logLevel "fatal". The CPU in the list changes nothing. (The installer's own
# package is on a registry that we did not ask; a provider fits no other version
# of the core than its own, and this one is what PyPI has.)
#
#   README: CUDA v12
#   installer: cuda12
#   provider: libcublas.so.13 libcudart.so.13
#   nothing installed, cuda: A
#   companion only, cuda: A
#   provider without CUDA, cuda: A
#   provider without CUDA, cuda cpu: A
#   log names libonnxruntime_providers_shared.so
#   log names libonnxruntime_providers_cuda.so
#   log names libcublasLt.so.13
#   log names libcublasLt.so.13
#   quiet log: 0 lines
#
# where A is "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load
# shared library".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  onnxruntime-node@1.30.0 onnx-proto@8.0.1
python3 -m venv venv
venv/bin/pip download --quiet --no-deps --only-binary=:all: \
  --python-version 3.13 --platform manylinux_2_28_x86_64 \
  onnxruntime-gpu==1.30.0
cat > unpack.py <<'PY'
import glob
import zipfile

with zipfile.ZipFile(*glob.glob("onnxruntime_gpu-*.whl")) as wheel:
    for name in ("shared", "cuda"):
        wheel.extract(f"onnxruntime/capi/libonnxruntime_providers_{name}.so")
PY
venv/bin/python unpack.py
cat > show.mjs <<'JS'
import onnxProto from "onnx-proto";
import { env, InferenceSession } from "onnxruntime-node";

const [logLevel, ...executionProviders] = process.argv.slice(2);
env.logLevel = logLevel;
const value = (name) => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }] } } },
});
const model = onnxProto.onnx.ModelProto.encode({
  irVersion: 8,
  opsetImport: [{ domain: "", version: 18 }],
  graph: {
    name: "negate",
    input: [value("x")],
    output: [value("y")],
    node: [{ opType: "Neg", input: ["x"], output: ["y"] }],
  },
}).finish();
const answer = await InferenceSession.create(model, { executionProviders })
  .then(() => "a session", (error) => error.message);
const usual = "OrtSessionOptionsAppendExecutionProvider_Cuda: " +
  "Failed to load shared library";
console.log(answer.trim() === usual ? "A" : answer);
JS
package=node_modules/onnxruntime-node
libraries=$package/bin/napi-v6/linux/x64
provider=libonnxruntime_providers_cuda.so
open() { # situation, providers …
  echo "$1, ${*:2}: $(node show.mjs error "${@:2}" 2>> log)" >> seen
}
{
  echo "README: $(sed -n 's/.*: \(CUDA v[0-9]*\)\. See.*/\1/p' $package/README.md)"
  echo "installer: $(node -p \
    "require('./$package/script/install-metadata.js').requirements['linux/x64'].join(' ')")"
  echo "provider:" $(ldd onnxruntime/capi/$provider |
    grep -oE 'lib(cudart|cublas)\.so\.[0-9]+' | sort -u)
} > seen
open "nothing installed" cuda
mv onnxruntime/capi/libonnxruntime_providers_shared.so $libraries
open "companion only" cuda
mv onnxruntime/capi/$provider $libraries
open "provider without CUDA" cuda
open "provider without CUDA" cuda cpu
grep -oE '[^/ ]+: cannot open' log | sed 's/\(.*\): cannot open/log names \1/' >> seen
echo "quiet log: $(node show.mjs fatal cuda 2>&1 > /dev/null | grep -c .) lines" >> seen
cat seen
diff <(echo "$expected") seen && echo "As before"
