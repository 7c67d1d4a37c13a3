/**
 * TensorFlow's C library, as its Python package brings it.
 *
 * @module
 */
import { mkdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { InstallError, run } from "../engine_install/installer.ts";

/** The version whose library is used. */
export const tensorFlowVersion = "2.21.0";

/** TensorFlow without or with kernels for NVIDIA GPUs. */
export type TensorFlow = "cpu" | "cuda";

interface Wheel {
  /** What pip installs. */
  readonly requirement: string;
  /** Further arguments of pip. */
  readonly args: readonly string[];
  /** What is fetched and then written, in GB. */
  readonly fetchedGb: number;
  readonly writtenGb: number;
}

const wheels: Readonly<Record<TensorFlow, Wheel>> = {
  cpu: {
    requirement: `tensorflow-cpu==${tensorFlowVersion}`,
    // Only Python needs what it depends on.
    args: ["--no-deps"],
    fetchedGb: 0.3,
    writtenGb: 1.4,
  },
  cuda: {
    // CUDA 12 and cuDNN 9 come along, where the library looks for them.
    requirement: `tensorflow[and-cuda]==${tensorFlowVersion}`,
    args: [],
    fetchedGb: 3.5,
    writtenGb: 9,
  },
};

const python = "python3";

const pipHelps = "install Python 3 and pip, on Debian and Ubuntu by " +
  "apt install python3-pip";

/** Fails with `InstallError` where there is no pip. */
export const checkPip = async (): Promise<void> => {
  const pip = await run(python, ["-m", "pip", "--version"], pipHelps);
  if (!pip.success) {
    throw new InstallError(`${python} has no pip: ${pipHelps}`);
  }
};

/**
 * Installs TensorFlow, unless it is installed: its library and headers are in
 * the wheel for any version of Python, and Python does not run.
 *
 * @param folder Where engines are installed.
 * @param tensorFlow Which one.
 * @returns The folder that has `include/` and the libraries.
 */
export const installTensorFlow = async (
  folder: string,
  tensorFlow: TensorFlow,
): Promise<string> => {
  const target = join(folder, `tensorflow-${tensorFlowVersion}-${tensorFlow}`);
  const library = join(target, "tensorflow");
  if (await stat(library).catch(() => undefined)) return library;
  const { requirement, args, fetchedGb, writtenGb } = wheels[tensorFlow];
  await checkSpace(folder, writtenGb);
  console.error(
    `Installing ${requirement} by pip: fetches about ${fetchedGb} GB, ` +
      `takes ${writtenGb} GB on disk`,
  );
  const part = `${target}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    await mkdir(join(part, "tmp"), { recursive: true });
    const { success, stderr } = await run(
      python,
      [
        ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        ...["--no-cache-dir", "--no-compile", "--retries=1"],
        ...["--target", part],
        // The wheels differ only in what Python loads.
        ...["--python-version", "3.12", "--only-binary", ":all:"],
        ...args,
        requirement,
      ],
      pipHelps,
      { TMPDIR: join(part, "tmp") },
    );
    if (!success) {
      throw new InstallError(
        `pip could not install ${requirement}: it says "${
          reasonOf(stderr)
        }"; ${python} -m pip download --no-deps ${requirement} tells more`,
      );
    }
    await rm(join(part, "tmp"), { recursive: true });
    await rename(part, target);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return library;
};

const checkSpace = async (folder: string, neededGb: number) => {
  const { bavail, bsize } = await statfs(folder);
  const freeGb = bavail * bsize / 1e9;
  if (freeGb >= neededGb) return;
  throw new InstallError(
    `TensorFlow takes ${neededGb} GB on disk: ${folder} has ` +
      `${freeGb.toFixed(1)} GB free`,
  );
};

/** The last errors that pip names. */
const reasonOf = (stderr: string): string => {
  const lines = stderr.trim().split("\n");
  const errors = lines.filter((line) => line.startsWith("ERROR:"));
  return (errors.length > 0 ? errors : lines.slice(-1))
    .map((line) => line.replace("ERROR: ", "").trim()).join(" ");
};
