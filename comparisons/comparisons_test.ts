import { summarise } from "@deepcluster/benchmarks/measure";
import { comparisonTable } from "./comparison_table.ts";
import {
  environmentFor,
  forbiddenKernels,
  type InstructionSet,
} from "./environment.ts";
import { disagreement } from "./row.ts";
import assert from "node:assert/strict";

const measurement = (
  name: string,
  seconds: readonly number[],
  disagreement = 0,
) => ({
  name,
  versions: {},
  kernels: {},
  seconds,
  summary: summarise(seconds),
  peakBytes: seconds[0]! * 2 ** 30,
  values: [],
  disagreement,
});

Deno.test("disagreement() is in units of the tolerance, the largest value counts", () => {
  assert.equal(
    disagreement([100, 10], [100, 10.5], { tolerances: [0.001, 0.1] }),
    0.5,
  );
  assert.equal(
    disagreement([100, 10], [101, 10], { tolerances: [0.001, 0.1] }),
    10,
  );
  assert.equal(disagreement([], [], { tolerances: [0.1] }), 0);
  assert.equal(disagreement([20], [20], { tolerances: [0] }), 0);
  assert.equal(disagreement([20], [19], { tolerances: [0] }), Infinity);
});

Deno.test("disagreement() is infinite if a value is missing or NaN", () => {
  assert.equal(disagreement([1, 2], [1], { tolerances: [0.1] }), Infinity);
  assert.equal(disagreement([1], [NaN], { tolerances: [0.1] }), Infinity);
  assert.equal(disagreement([1, 1], [NaN, 1], { tolerances: [0.1] }), Infinity);
});

Deno.test("disagreement() is 0 where ours is better, if higher is better", () => {
  const row = { tolerances: [1e-5], higherIsBetter: true };
  assert.equal(disagreement([0.9], [0.8], row), 0);
  assert.ok(disagreement([0.8], [0.9], row) > 1);
});

Deno.test("environmentFor() frees OpenBLAS, keeps freed memory and sets all threads", () => {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...environment } =
    environmentFor({
      OPENBLAS_CORETYPE: "Haswell",
      OPENBLAS_L2_SIZE: "512",
      OMP_NUM_THREADS: "64",
      PATH: "/bin",
    }, { threads: 2 });
  assert.deepEqual([OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE], [
    undefined,
    undefined,
  ]);
  assert.equal(environment["OMP_NUM_THREADS"], "2");
  assert.equal(environment["PATH"], "/bin");
  assert.equal(environment["MALLOC_MMAP_MAX_"], "0");
});

Deno.test("environmentFor() hides AVX-512 from libraries only where that is a condition", () => {
  const environment = { FAISS_SIMD_LEVEL: "AVX512_SPR" };
  const levelOf = (isa: InstructionSet) =>
    environmentFor(environment, { threads: 2, isa })["FAISS_SIMD_LEVEL"];
  assert.deepEqual([levelOf("native"), levelOf("avx2")], [undefined, "AVX2"]);
});

Deno.test("forbiddenKernels() names the libraries that use AVX-512 nevertheless", () => {
  const kernels = { torch: "AVX2", faiss: "AVX512_SPR", openblas: "Haswell" };
  const forbidden = (isa: InstructionSet) =>
    forbiddenKernels(kernels, { threads: 2, isa });
  assert.deepEqual(forbidden("avx2"), ["faiss AVX512_SPR"]);
  assert.deepEqual(forbidden("native"), []);
});

Deno.test("comparisonTable() shows ratios of medians and names missing baselines", () => {
  const text = comparisonTable({
    row: "step",
    results: [
      measurement("ours", [1, 2, 3]),
      measurement("PyTorch", [3, 4, 5], 2),
    ],
    missing: [{ name: "faiss", missing: "No module named 'faiss'" }],
  });
  assert.match(text, /- PyTorch .*4\.00 s .* 2\.00× .* 3072 MiB .* 3\.00×/);
  assert.match(text, /DIFFER/);
  assert.match(text, /faiss is missing: No module named 'faiss'/);
});
