#!/usr/bin/env bash
# faiss's wheel no longer obeys FAISS_OPT_LEVEL, though its loader reads it.
#
# Versions: faiss-cpu 1.15.1 of the Python registry, numpy 2.4.6; Linux, x86-64.
# Guess: FAISS_OPT_LEVEL=avx2 restricts faiss to AVX2, as in the wheels up to
# 1.12: faiss/loader.py of this wheel reads the variable as they did.
# Seen: nothing changes and nothing is said. The wheel holds one library that
# chooses its kernels as it runs; the loader's variable chooses among libraries
# that are not in it. What restricts the kernels is FAISS_SIMD_LEVEL.
#
#   loader.py reads FAISS_OPT_LEVEL: True
#   FAISS_OPT_LEVEL=avx2 changes the level: False
#   FAISS_SIMD_LEVEL=AVX2 leaves AVX2: True
#
# The second line says something only on a processor with more than AVX2; on
# another one the script ends with a note.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  faiss-cpu==1.15.1 numpy==2.4.6
cat > "$folder/level.py" <<'PY'
import faiss
print(faiss.SIMDConfig.get_level_name())
PY
run() { env -u FAISS_OPT_LEVEL -u FAISS_SIMD_LEVEL "$@" \
  "$folder/venv/bin/python" "$folder/level.py"; }
free=$(run A=1) opt=$(run FAISS_OPT_LEVEL=avx2) simd=$(run FAISS_SIMD_LEVEL=AVX2)
if [ "$free" = AVX2 ]; then
  echo "This processor has no more than AVX2: nothing can be told here."
  exit 0
fi
loader=$("$folder/venv/bin/python" -c 'import importlib.util as u
print(u.find_spec("faiss").submodule_search_locations[0])')/loader.py
truth() { if "$@"; then echo True; else echo False; fi; }
seen=$(
  echo "loader.py reads FAISS_OPT_LEVEL: $(truth grep -q FAISS_OPT_LEVEL "$loader")"
  echo "FAISS_OPT_LEVEL=avx2 changes the level: $(truth test "$free" != "$opt")"
  echo "FAISS_SIMD_LEVEL=AVX2 leaves AVX2: $(truth test "$simd" = AVX2)"
)
echo "$seen"
[ "$seen" = "$expected" ]
