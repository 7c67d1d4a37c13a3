/**
 * Libraries of others that the packed check brings, as machines with a GPU
 * often lack them: Vulkan's loader, and cuRAND.
 *
 * @module
 */
import { join } from "node:path";

/** What Dawn and wgpu open. */
const loader = "libvulkan.so.1";

/**
 * Puts the loader of Debian's package `libvulkan1` into a folder, fetched with
 * apt from where this machine's packages come from. A machine without apt
 * packs without it, and says so: most drivers bring a loader of their own.
 *
 * @param folder Where it goes; made when it does not exist.
 * @returns Its size in bytes, 0 when there is none.
 */
export const unpackLoader = async (folder: string): Promise<number> => {
  const scratch = await Deno.makeTempDir();
  try {
    await run(scratch, "apt-get", "download", "-qq", "libvulkan1");
    const [archive] = [...Deno.readDirSync(scratch)];
    await run(scratch, "dpkg-deb", "--extract", archive!.name, ".");
    const library = await Deno.realPath(
      join(scratch, "usr/lib/x86_64-linux-gnu", loader),
    );
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(library, join(folder, loader));
    return (await Deno.stat(library)).size;
  } catch (error) {
    console.error(
      `Packs without Vulkan's loader, which the other machine must have ` +
        `then: ${(error as Error).message}`,
    );
    return 0;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
};

/** What ONNX Runtime's provider for CUDA needs and PyTorch 2.15 has not. */
const curand = "libcurand.so.10";

/**
 * Puts cuRAND of Python's package `nvidia-curand` into a folder: the one
 * library of CUDA 13 that PyTorch's packages do not bring.
 *
 * @param folder Where it goes; made when it does not exist.
 */
export const unpackCurand = async (folder: string): Promise<void> => {
  const scratch = await Deno.makeTempDir();
  try {
    await run(
      scratch,
      ...["python3", "-m", "pip", "download", "--quiet", "--no-deps"],
      ...["--only-binary=:all:", "--platform=manylinux_2_27_x86_64"],
      "nvidia-curand~=10.0",
    );
    const [wheel] = [...Deno.readDirSync(scratch)];
    await run(scratch, "python3", "-m", "zipfile", "-e", wheel!.name, ".");
    const library = `nvidia/cu13/lib/${curand}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(join(scratch, library), join(folder, curand));
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
};

const run = async (
  cwd: string,
  command: string,
  ...args: readonly string[]
) => {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
  })
    .output();
  if (success) return;
  throw new Error(`${command}: ${new TextDecoder().decode(stderr).trim()}`);
};
