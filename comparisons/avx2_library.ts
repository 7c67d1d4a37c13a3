/**
 * A copy of ONNX Runtime's native library that finds neither AVX-512 nor
 * AVX-VNNI, so that our code can be measured as on a processor with AVX2 alone.
 *
 * A program may use AVX-512 only if the instruction XGETBV reports that the
 * system saves those registers. The copy has `push 7; pop rax` in place of
 * every XGETBV, which are as many bytes and report the registers of AVX2.
 * AVX-VNNI needs no other registers: CPUID reports it, with other extensions
 * that AVX2 does not have, for subleaf 1 of leaf 7. In its place the copy
 * reports zeros.
 *
 * @module
 */
import { root } from "@deepcluster/benchmarks/measure";
import { join } from "node:path";

/** What the dynamic loader looks for. */
const library = "libonnxruntime.so.1";

/** Folder of the copy, in `.cache`, which Git ignores. */
const folderName = "avx2-library";

const xgetbv = [0x0f, 0x01, 0xd0];
const pushPop = [0x6a, 0x07, 0x58];

/** `mov eax, 7; mov ecx, 1; cpuid`. */
const extensions = [0xb8, 7, 0, 0, 0, 0xb9, 1, 0, 0, 0, 0x0f, 0xa2];
/** `xor` of eax, ebx, ecx and edx with themselves; four times `nop`. */
// deno-fmt-ignore
const zeros = [
  0x31, 0xc0, 0x31, 0xdb, 0x31, 0xc9, 0x31, 0xd2, 0x90, 0x90, 0x90, 0x90,
];

/**
 * Writes the copy.
 *
 * @returns Folder of the copy, for `LD_LIBRARY_PATH`: the package looks there
 * before it looks beside itself. Throws where the package has no library for
 * Linux on x86, or one that does not ask for both.
 */
export const avx2Library = async (): Promise<string> => {
  const binaries = join(root, "node_modules", "onnxruntime-node", "bin");
  const original = join(binaries, "napi-v6", "linux", "x64", library);
  const bytes = await Deno.readFile(original);
  for (
    const [name, asked, answer] of [
      ["AVX-512", xgetbv, pushPop],
      ["AVX-VNNI", extensions, zeros],
    ] as const
  ) {
    if (replaceAll(bytes, asked, answer) === 0) {
      throw new Error(`Cannot hide ${name} as ${original} never asks for it`);
    }
  }
  const folder = join(root, ".cache", folderName);
  await Deno.mkdir(folder, { recursive: true });
  // A process that runs may have the earlier copy in its memory.
  const written = await Deno.makeTempFile({ dir: folder });
  await Deno.writeFile(written, bytes);
  await Deno.rename(written, join(folder, library));
  return folder;
};

/**
 * Returns which kernels of ONNX Runtime this process uses.
 *
 * @returns `AVX2` if the process has loaded the copy, else `native`.
 */
export const loadedKernels = (): string => {
  const maps = Deno.readTextFileSync("/proc/self/maps");
  return maps.includes(`${folderName}/${library}`) ? "AVX2" : "native";
};

/** Replaces bytes by as many others, in place; returns how often. */
const replaceAll = (
  bytes: Uint8Array,
  searched: readonly number[],
  replacement: readonly number[],
): number => {
  let count = 0;
  for (
    let at = bytes.indexOf(searched[0]!);
    at >= 0;
    at = bytes.indexOf(searched[0]!, at + 1)
  ) {
    if (searched.every((byte, i) => bytes[at + i] === byte)) {
      bytes.set(replacement, at);
      count++;
    }
  }
  return count;
};
