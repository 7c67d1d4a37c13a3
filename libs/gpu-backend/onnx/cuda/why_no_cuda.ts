/**
 * Why ONNX Runtime cannot compute on CUDA, and what helps, in words.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import type { ProviderMissingError } from "../../errors.ts";
import {
  type CudaSurvey,
  placesHere,
  providerLibraries,
  surveyCuda,
} from "./survey.ts";

/** What an error says of a provider that is missing. */
export type WhyMissing = Pick<
  ProviderMissingError,
  "rule" | "reason" | "remedy"
>;

/**
 * Looks why the provider did not start.
 *
 * @param said What ONNX Runtime says.
 * @returns The rule that does not hold, what is instead, and what helps.
 */
export const whyNoCuda = (said: string): Effect.Effect<WhyMissing> => {
  const platform = `${process.platform} ${process.arch}`;
  return platform === "linux x64"
    ? Effect.map(
      surveyCuda(placesHere()),
      (survey) => explainCuda(survey, said),
    )
    : Effect.succeed({
      rule: "ONNX Runtime has it for Linux on x64 only",
      reason: `this is ${platform}`,
      remedy: "choose --provider webgpu or --provider cpu",
    });
};

/** What the provider still needs of this machine, once it is installed. */
export const cudaAdvice: Effect.Effect<string> = Effect.suspend(() =>
  Effect.map(surveyCuda(placesHere()), (survey) => {
    if (survey.missing.length === 0) {
      return `It loads ${listed(survey.needed)}, which are all there`;
    }
    const { rule, reason, remedy } = firstMissing(survey, "");
    return `Before it computes, ${rule}: ${reason}; ${remedy}`;
  })
);

/** The version of CUDA that ONNX Runtime 1.30.0 is built for. */
const builtForCuda = 13;

/** The oldest driver that runs programs of {@link builtForCuda}. */
const oldestDriver = 580;

/**
 * Names the first thing that is missing, in the order in which it must be
 * installed: ONNX Runtime's libraries, CUDA and cuDNN, the driver, a GPU.
 *
 * @param survey What there is.
 * @param said What ONNX Runtime says.
 * @returns The rule that does not hold, what is instead, and what helps.
 */
export const explainCuda = (
  survey: CudaSurvey,
  said: string,
): WhyMissing => {
  const { remedy, ...why } = firstMissing(survey, said);
  return { ...why, remedy: `${remedy}, or choose --provider cpu` };
};

const firstMissing = (survey: CudaSurvey, said: string): WhyMissing => {
  const { absent, driver, missing, runtime } = survey;
  if (absent.length > 0) {
    return {
      rule: "ONNX Runtime's libraries for CUDA must be installed",
      reason: `${listed(absent)} ${absent.length > 1 ? "are" : "is"} not in ` +
        runtime,
      remedy: "run deno task engine:install onnx-cuda, which needs CUDA " +
        `${builtForCuda} (${haveOf(survey)})`,
    };
  }
  const libraries = missing.filter((name) => name !== driverLibrary);
  if (libraries.length > 0) return missingLibraries(survey, libraries);
  if (missing.length > 0) {
    return {
      rule: "an NVIDIA GPU and its driver must be there",
      reason: `${driverLibrary}, which the driver brings, is not on the ` +
        "library path",
      remedy: `install NVIDIA's driver ${oldestDriver} or newer, until ` +
        "nvidia-smi lists the GPU",
    };
  }
  if (said.includes(notLoaded)) {
    return {
      rule: "ONNX Runtime's libraries for CUDA must load",
      reason: `ONNX Runtime says "${said}"`,
      remedy: `see what ldd ${runtime}/${providerLibraries[1]} does not find`,
    };
  }
  const [, code, words] = /CUDA failure (\d+): (.*?) ;/.exec(said) ?? [];
  const version = driver === undefined ? "" : `, driver ${driver}`;
  return {
    rule: "CUDA must start on an NVIDIA GPU",
    reason: code === undefined
      ? `ONNX Runtime says "${said}"`
      : `CUDA says "${words}" (error ${code}${version})`,
    remedy: code === driverTooOld
      ? `install NVIDIA's driver ${oldestDriver} or newer, which CUDA ` +
        `${builtForCuda} needs`
      : "see whether nvidia-smi lists the GPU",
  };
};

/** What ONNX Runtime 1.30.0 says whatever keeps its library from loading. */
const notLoaded = "Failed to load shared library";

/** Code of an error of CUDA, `cudaErrorInsufficientDriver`. */
const driverTooOld = "35";

const driverLibrary = "libcuda.so.1";

const missingLibraries = (
  survey: CudaSurvey,
  libraries: readonly string[],
): WhyMissing => {
  const rule = `the libraries of CUDA ${majorOf(survey, "libcudart")} and ` +
    `cuDNN ${majorOf(survey, "libcudnn")} must be on the library path`;
  const folders = [
    ...new Set(libraries.flatMap((name) => survey.elsewhere[name] ?? [])),
  ];
  if (libraries.every((name) => name in survey.elsewhere)) {
    return {
      rule,
      reason: `${listed(libraries)} lie in ${listed(folders)} only`,
      remedy: `run export LD_LIBRARY_PATH=${folders.join(":")}:` +
        `$LD_LIBRARY_PATH and start again`,
    };
  }
  const nowhere = libraries.filter((name) => !(name in survey.elsewhere));
  return {
    rule,
    reason: `there is no ${nowhere.join(", no ")}; ${haveOf(survey)}`,
    remedy: `run ${installLibraries}, then ${setLibraryPath}, and start ` +
      `again`,
  };
};

/** Installs what the provider needs, without root: 1.8 GB. */
const installLibraries =
  "python3 -m venv engines/cuda && engines/cuda/bin/pip install " +
  "'nvidia-cuda-nvrtc~=13.0' 'nvidia-cuda-runtime~=13.0' " +
  "'nvidia-cublas~=13.0' 'nvidia-curand~=10.0' 'nvidia-cudnn-cu13~=9.0'";

/** Lets the loader find them, in the shell that starts the engine. */
const setLibraryPath =
  "export LD_LIBRARY_PATH=$(echo $PWD/engines/cuda/lib/python3*/" +
  "site-packages/nvidia/*/lib | tr ' ' :):$LD_LIBRARY_PATH";

/** What of CUDA the machine has. */
const haveOf = ({ driver, installations }: CudaSurvey): string => {
  const cuda = installations.map(({ version, folder }) =>
    `CUDA ${version} in ${folder}`
  );
  return `this machine has ${cuda.length > 0 ? listed(cuda) : "no CUDA"} and ` +
    (driver === undefined ? "no NVIDIA driver" : `driver ${driver}`);
};

/** The version in the name of a library that is needed. */
const majorOf = ({ needed }: CudaSurvey, library: string): string =>
  needed.flatMap((name) =>
    name.startsWith(`${library}.so.`) ? name.slice(library.length + 4) : []
  )[0] ?? String(builtForCuda);

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), names.at(-1)]
    .filter((part) => part !== "").join(" and ");
