/**
 * Vulkan as WebGPU will find it: a loader, and a driver's description (ICD).
 * Containers often have NVIDIA's driver without either.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What was found, and what children need in their environment for it. */
export interface VulkanSetup {
  /** Where the loader is from. */
  readonly loader: "the system" | "the packed check" | "missing";
  /** Path of the driver's description that is used, where it was chosen here. */
  readonly driver?: string;
  /** What is missing, with what helps; empty when nothing is. */
  readonly missing: readonly string[];
  /** Variables for the children. */
  readonly env: Readonly<Record<string, string>>;
}

/** Folders that Vulkan's loader searches itself. */
const searched = [
  "/etc/vulkan/icd.d",
  "/usr/share/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
  "/usr/local/etc/vulkan/icd.d",
];

/** Folders where containers mount a driver, which the loader does not know. */
const mounted = [
  "/usr/local/nvidia/share/vulkan/icd.d",
  "/usr/local/nvidia/vulkan/icd.d",
  "/opt/nvidia/vulkan/icd.d",
  "/run/opengl-driver/share/vulkan/icd.d",
];

/** Libraries of NVIDIA's driver that are Vulkan drivers, with X11 and without. */
const driverLibraries = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"];

/** Variables by which a user has chosen the driver. */
const chosen = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"];

/**
 * Looks for loader and driver. What the user has set is left as it is.
 *
 * @param scratch Folder for a driver's description, where none is found.
 * @returns See {@link VulkanSetup}.
 */
export const findVulkan = async (scratch: string): Promise<VulkanSetup> => {
  const missing: string[] = [];
  const { loader, env } = findLoader();
  if (loader === "missing") {
    missing.push(
      "Vulkan's loader libvulkan.so.1: install libvulkan1 (Debian, Ubuntu) " +
        "or vulkan-loader, or pack on a machine with apt",
    );
  }
  if (chosen.some((name) => Deno.env.has(name))) {
    return { loader, missing, env };
  }
  if (searched.some((folder) => descriptionIn(folder) !== undefined)) {
    return { loader, missing, env };
  }
  const driver =
    mounted.map(descriptionIn).find((path) => path !== undefined) ??
      await describeDriver(scratch);
  if (driver === undefined) {
    missing.push(
      "a Vulkan driver: NVIDIA's comes with the driver; a container needs " +
        "NVIDIA_DRIVER_CAPABILITIES=all (or graphics,compute,utility)",
    );
    return { loader, missing, env };
  }
  return { loader, driver, missing, env: { ...env, VK_DRIVER_FILES: driver } };
};

const findLoader = () => {
  if (opens("libvulkan.so.1")) {
    return { loader: "the system" as const, env: {} };
  }
  const folder = fileURLToPath(new URL("../../lib", import.meta.url));
  if (!opens(join(folder, "libvulkan.so.1"))) {
    return { loader: "missing" as const, env: {} };
  }
  const path = [folder, Deno.env.get("LD_LIBRARY_PATH")].filter(Boolean);
  return {
    loader: "the packed check" as const,
    env: { LD_LIBRARY_PATH: path.join(":") },
  };
};

/** NVIDIA's description before any other; software drivers do not count. */
const descriptionIn = (folder: string): string | undefined => {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(".json") && !/lvp|swiftshader/.test(name))
      .sort((a, b) => Number(/nvidia/.test(b)) - Number(/nvidia/.test(a)));
    return names[0] === undefined ? undefined : join(folder, names[0]);
  } catch {
    return undefined;
  }
};

/** Describes NVIDIA's driver where its library is there without a description. */
const describeDriver = async (scratch: string): Promise<string | undefined> => {
  const library = driverLibraries.find(opens);
  if (library === undefined) return undefined;
  const path = join(scratch, "nvidia_icd.json");
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      file_format_version: "1.0.1",
      ICD: { library_path: library, api_version: "1.3.0" },
    }),
  );
  return path;
};

const opens = (library: string): boolean => {
  try {
    Deno.dlopen(library, {}).close();
    return true;
  } catch {
    return false;
  }
};
