/**
 * What NVIDIA GPUs the machine has, as their driver for Linux tells.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A folder for each GPU. */
const driverFolder = "/proc/driver/nvidia/gpus";

/**
 * Names the GPUs that CUDA may compute on, such as `NVIDIA H200`; without names
 * where the driver does not tell.
 */
export const nvidiaGpus: Effect.Effect<string> = Effect.suspend(() =>
  Effect.map(
    namesOf(driverFolder),
    (names) => names.length > 0 ? names.join(" and ") : "an NVIDIA GPU",
  )
);

/**
 * Reads what GPUs there are, each model once. CUDA itself may number several
 * models in another order, so all of them are named.
 *
 * @param folder Where the driver tells.
 * @returns Their names, such as `NVIDIA H200`; none where it does not tell.
 */
export const namesOf = (folder: string): Effect.Effect<readonly string[]> =>
  Effect.promise(async () => {
    const devices = await readdir(folder).catch(() => []);
    const texts = await Promise.all(
      devices.sort().map((device) =>
        readFile(join(folder, device, "information"), "utf8").catch(() => "")
      ),
    );
    const names = texts.flatMap((text) =>
      /^Model:\s*(.*\S)\s*$/m.exec(text)?.[1] ?? []
    );
    return [...new Set(names)];
  });
