/**
 * `preprocessor_config.json` of Hugging Face's transformers: how images become
 * the input of a model, as its image processors read it.
 *
 * What a file leaves to the defaults of its class is left out here, too, for
 * classes differ; only what all classes share is filled in: grey levels are
 * divided by 255.
 *
 * Reference: huggingface/transformers,
 * `src/transformers/image_processing_utils.py` and `models/NAME/image_processing_*.py`.
 *
 * @module
 */
import type { Interpolation } from "@deepcluster/data";
import { readBytes, type StorageError } from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import type { PreprocessingFacts } from "./preprocessing_facts.ts";

/** Name of such a file. */
export const preprocessorConfigName = "preprocessor_config.json";

/**
 * Reads such a file.
 *
 * @param path The file.
 * @returns What it says, or `ModelFileError` when it is no such file or asks
 * for what we do not do, or `StorageError`.
 */
export const readPreprocessorConfig: (
  path: string,
) => Effect.Effect<PreprocessingFacts, ModelFileError | StorageError> = Effect
  .fnUntraced(function* (path) {
    const text = new TextDecoder().decode(yield* readBytes(path));
    const config = ConfigJson(text);
    const refuse = (rule: string, found: string) =>
      new ModelFileError({ path, rule, found });
    if (config instanceof type.errors) {
      return yield* refuse(
        "it must be a preprocessor_config.json of an image processor",
        config.summary,
      );
    }
    const undone = undoneIn(config);
    if (undone !== undefined) {
      return yield* refuse(
        "images must be resized, cropped and normalised only",
        `it has ${undone}`,
      );
    }
    const { resample, do_normalize, do_rescale, rescale_factor } = config;
    const interpolation = resample === undefined
      ? undefined
      : filters[resample];
    if (resample !== undefined && interpolation === undefined) {
      return yield* refuse(
        "`resample` must be lanczos (1), bilinear (2), bicubic (3), box (4) or " +
          "hamming (5)",
        `it is ${resample}${resample === 0 ? ", the nearest pixel" : ""}`,
      );
    }
    const divisor = do_rescale === false ? 1 : divisorOf(rescale_factor);
    return {
      ...sizesOf(config),
      ...interpolation && { interpolation },
      offset: "floor",
      rounding: "pillow",
      divisor,
      ...do_normalize === false ? { mean: [0], deviation: [1] } : {
        ...config.image_mean && { mean: listOf(config.image_mean) },
        ...config.image_std && { deviation: listOf(config.image_std) },
      },
      channels: config.do_flip_channel_order ? "bgr" : "rgb",
    } satisfies PreprocessingFacts;
  });

const SideJson = type("number.integer >= 1");
const SquareJson = type({ height: SideJson, width: SideJson });
const ShortJson = type({ shortest_edge: SideJson });
const ConfigJson = type("string.json.parse").to({
  "size?": SideJson.or(SquareJson).or(ShortJson),
  "crop_size?": SideJson.or(SquareJson),
  "crop_pct?": "number > 0 | null",
  "resample?": "number.integer",
  "rescale_factor?": "number > 0",
  "image_mean?": "number[] | number",
  "image_std?": "number[] | number",
  "do_resize?": "boolean",
  "do_center_crop?": "boolean",
  "do_rescale?": "boolean",
  "do_normalize?": "boolean",
  "do_flip_channel_order?": "boolean | null",
  "do_pad?": "boolean | null",
  "rescale_offset?": "boolean | null",
  "include_top?": "boolean | null",
  "image_processor_type?": "string",
  "feature_extractor_type?": "string",
});
type Config = typeof ConfigJson.infer;

/** Codes of Pillow. */
const filters: readonly (Interpolation | undefined)[] = [
  undefined,
  "lanczos",
  "bilinear",
  "bicubic",
  "box",
  "hamming",
];

/** What a file asks for beyond what we do. */
const undoneIn = (config: Config): string | undefined => {
  if (config.do_resize === false) return "do_resize=false";
  const beyond = ["do_pad", "rescale_offset", "include_top"] as const;
  const name = beyond.find((name) => config[name] === true);
  return name && `${name}=true`;
};

const divisorOf = (factor: number | undefined): number => {
  if (factor === undefined) return 255;
  const divisor = 1 / factor;
  const whole = Math.round(divisor);
  return Math.abs(divisor - whole) < 1e-9 * divisor ? whole : divisor;
};

const listOf = (values: readonly number[] | number): readonly number[] =>
  typeof values === "number" ? [values] : values;

/**
 * Side of the input, and what is resized to what before. Nothing where the file
 * leaves it to its class.
 */
const sizesOf = (config: Config): PreprocessingFacts => {
  const { size, do_center_crop } = config;
  if (size === undefined) return {};
  const kind = config.image_processor_type ?? config.feature_extractor_type ??
    "";
  if (kind.startsWith("ConvNext")) return convNextSizes(config);
  const crop = do_center_crop === false
    ? undefined
    : squareOf(config.crop_size);
  const resized = resizedOf(size, kind, crop !== undefined);
  if (crop !== undefined) return { size: crop, ...resized };
  // Without a crop, only a square is as large for every image.
  return resized.fit === "square" && resized.resize !== undefined
    ? { size: resized.resize, ...resized }
    : {};
};

const resizedOf = (
  size: NonNullable<Config["size"]>,
  kind: string,
  cropped: boolean,
): PreprocessingFacts => {
  if (typeof size !== "number") {
    if ("shortest_edge" in size) {
      return { fit: "short-side", resize: size.shortest_edge };
    }
    const side = squareOf(size);
    return side === undefined ? {} : { fit: "square", resize: side };
  }
  // A bare number, as versions before 4.25 wrote it, depends on the class.
  if (!cropped || /^(ViT|DeiT|Beit|Siglip|EfficientNet)/.test(kind)) {
    return { fit: "square", resize: size };
  }
  return /^(CLIP|ChineseCLIP|Bit|MobileNet|MobileViT|PoolFormer)/.test(kind)
    ? { fit: "short-side", resize: size }
    : {};
};

const squareOf = (size: Config["crop_size"]): number | undefined =>
  typeof size === "object"
    ? size.height === size.width ? size.height : undefined
    : size;

/** ConvNeXT and ResNet: `crop_pct` of the resized image is kept, below 384. */
const convNextSizes = ({ size, crop_pct }: Config): PreprocessingFacts => {
  const side = typeof size === "object" && "shortest_edge" in size
    ? size.shortest_edge
    : squareOf(size as Config["crop_size"]);
  if (side === undefined) return {};
  if (side >= 384) return { size: side, fit: "square", resize: side };
  return {
    size: side,
    fit: "short-side",
    ...crop_pct && { resize: Math.trunc(side / crop_pct) },
  };
};
