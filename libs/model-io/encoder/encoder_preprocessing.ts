/**
 * How images become the input of an encoder, from all that was told of it:
 * nothing that decides a value is guessed.
 *
 * @module
 */
import type { ImageModel } from "@deepcluster/gpu-backend";
import type { Preprocessing } from "@deepcluster/models";
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import {
  type PreprocessingFacts,
  preprocessingPresets,
  type StatedPreprocessing,
} from "./preprocessing_facts.ts";

/**
 * Puts together what the model itself, the flags and another source say.
 *
 * @param path The model, for the error.
 * @param input What the model says of its input.
 * @param flags What was typed; goes before the source.
 * @param stated The source, if there is one.
 * @returns The preprocessing; or `ModelFileError` when something is missing,
 * naming each flag, or when two of them disagree.
 */
export const encoderPreprocessing: (
  path: string,
  input: Pick<ImageModel, "channels" | "height" | "width">,
  flags: PreprocessingFacts,
  stated: StatedPreprocessing | undefined,
) => Effect.Effect<Preprocessing, ModelFileError> = Effect.fnUntraced(
  function* (path, input, flags, stated) {
    const refuse = (rule: string, found: string) =>
      new ModelFileError({ path, rule, found });
    const { height, width } = input;
    if (height !== undefined && width !== undefined && height !== width) {
      const found = `it takes ${width} x ${height} pixels`;
      return yield* refuse("its input must be square", found);
    }
    const fixed = height ?? width;
    const told = flags.size ?? stated?.factsFor(fixed).size;
    if (fixed !== undefined && told !== undefined && told !== fixed) {
      const teller = flags.size === undefined ? stated!.source : "--size";
      return yield* refuse(
        `its input is fixed at ${fixed} x ${fixed} pixels`,
        `${teller} says ${told}`,
      );
    }
    const size = fixed ?? told;
    const facts = { ...stated?.factsFor(size), ...flags };
    const grey = input.channels === 1;
    const { fit = "short-side", interpolation, divisor, mean, deviation } =
      facts;
    const resize = facts.resize ?? (fit === "square" ? size : undefined);
    const channels = grey ? "grey" : facts.channels;
    if (
      size === undefined || resize === undefined ||
      interpolation === undefined || divisor === undefined ||
      mean === undefined || deviation === undefined || channels === undefined
    ) {
      const missing = Object.entries({
        size,
        resize,
        interpolation,
        range: divisor,
        mean,
        deviation,
        channels,
      }).flatMap(([flag, value]) => value === undefined ? [`--${flag}`] : []);
      return yield* refuse(
        "it must be told how images become its input",
        `${listed(missing)} ${missing.length === 1 ? "is" : "are"} missing` +
          (stated === undefined ? "" : ` (${stated.source} has the rest)`) +
          (missing.join() === "--size" ? "" : "; --preprocessing " +
            Object.keys(preprocessingPresets).join(", ") +
            " or the path of a preprocessor_config.json tells all but the size"),
      );
    }
    if (resize < size) {
      return yield* refuse(
        "images must be resized to at least its input",
        `--resize ${resize}, input ${size}`,
      );
    }
    const count = grey ? 1 : 3;
    for (const [flag, values] of Object.entries({ mean, deviation })) {
      if (values.length === 1 || values.length === count) continue;
      return yield* refuse(
        `--${flag} must be ${grey ? "a number" : "1 or 3 numbers"}`,
        `${values.length} are given`,
      );
    }
    const inOrder = (values: readonly number[]) => {
      const [first, second = first, third = first] = values;
      return channels === "bgr"
        ? [third!, second!, first!] as const
        : [first!, second!, third!] as const;
    };
    return {
      crop: size,
      resize,
      fit,
      offset: facts.offset ?? "even",
      interpolation,
      rounding: facts.rounding ?? "pillow",
      normalization: {
        divisor,
        mean: inOrder(mean),
        deviation: inOrder(deviation),
      },
      channels,
      ...facts.maxShortSide !== undefined &&
        { maxShortSide: facts.maxShortSide },
    };
  },
);

const listed = (flags: readonly string[]): string =>
  flags.length < 2
    ? flags.join("")
    : `${flags.slice(0, -1).join(", ")} and ${flags.at(-1)}`;
