#!/bin/sh
# Checks and measures on this machine's GPU: ./run.sh --out gpu.json
# Needs x86-64 Linux with glibc 2.28, a Vulkan driver, and a folder that can be
# written to for what Deno compiles; `./run.sh --help` lists the options.
here=$(cd "$(dirname "$0")" && pwd)
: "${HOME:=/tmp}" "${DENO_DIR:=${TMPDIR:-/tmp}/gpu-check-deno}"
export HOME DENO_DIR DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
exec "$here/bin/deno" run -A --cached-only "$here/tools/gpu_check/main.ts" "$@"
