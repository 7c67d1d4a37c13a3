/**
 * The conditions that all processes of a comparison share, and the environment
 * that makes a process keep them.
 *
 * @module
 */

/** Instruction sets that a comparison can be restricted to. */
export type InstructionSet = "native" | "avx2";

/** Conditions that all processes of a comparison share. */
export interface Conditions {
  /** Threads of every process. */
  readonly threads: number;
  /**
   * Whether the C library keeps freed memory, or returns it to the system as it
   * does by default. Default: `kept`.
   */
  readonly memory?: "kept" | "returned";
  /**
   * `native` lets every library choose its kernels; `avx2` hides AVX-512
   * and AVX-VNNI from all of them. Default: `native`.
   */
  readonly isa?: InstructionSet;
}

/**
 * Variables that restrict libraries to kernels without AVX-512. `native` removes
 * them, and OpenBLAS's cache size, from the environment.
 */
const avx2Kernels = {
  ATEN_CPU_CAPABILITY: "avx2",
  FAISS_SIMD_LEVEL: "AVX2",
  MKL_ENABLE_INSTRUCTIONS: "AVX2",
  ONEDNN_MAX_CPU_ISA: "AVX2",
  OPENBLAS_CORETYPE: "Haswell",
  TORCHINDUCTOR_CPP_MARCH: "x86-64-v3",
};

const restrictions = [...Object.keys(avx2Kernels), "OPENBLAS_L2_SIZE"];

/** Kernels that libraries name when they use no AVX-512. */
const withoutAvx512 = ["AVX2", "Haswell"];

/**
 * Lets glibc keep freed memory. Otherwise PyTorch requests new pages in every
 * operator, which on some virtual machines costs more than the operator: 0.5 s
 * instead of 0.01 for the greyscale image of Sobel.
 */
const keptMemory = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: "100000000000",
};

/**
 * Returns the environment of a process: the same number of threads for all,
 * kernels of the instruction set, and freed memory kept or not.
 *
 * @param environment Environment of this process.
 * @param conditions See {@link Conditions}.
 * @returns The environment of the child process.
 */
export const environmentFor = (
  environment: Readonly<Record<string, string>>,
  { threads, memory = "kept", isa = "native" }: Conditions,
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) =>
      !restrictions.includes(name)
    ),
  ),
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  NO_COLOR: "1",
  ...memory === "kept" && keptMemory,
  ...isa === "avx2" && avx2Kernels,
});

/**
 * Returns the kernels that break the conditions.
 *
 * @param kernels What the libraries of a process use, by library.
 * @param conditions See {@link Conditions}.
 * @returns Such as `faiss AVX512_SPR`; none if all keep the conditions.
 */
export const forbiddenKernels = (
  kernels: Readonly<Record<string, string>>,
  { isa = "native" }: Conditions,
): readonly string[] =>
  isa === "native" ? [] : Object.entries(kernels)
    .filter(([, used]) => !withoutAvx512.includes(used))
    .map(([library, used]) => `${library} ${used}`);
