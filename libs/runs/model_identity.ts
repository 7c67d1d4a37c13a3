/**
 * What tells the weights of a model from all others.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { ImageEncoder, Network } from "@deepcluster/models";
import {
  bytesOf,
  canonicalJson,
  encoded,
  sha256Of,
} from "@deepcluster/storage";

/** What decides the weights that are evaluated. */
export interface ModelInputs {
  /** Layers and input. */
  readonly network: Network;
  /** Parameters by name. */
  readonly parameters: Tensors;
}

/**
 * Tells weights from all others.
 *
 * @param inputs See {@link ModelInputs}.
 * @returns 64 hexadecimal digits.
 */
export const modelIdentity = (
  { network, parameters }: ModelInputs,
): string => {
  const names = Object.keys(parameters).sort();
  const shapes = names.map((name) => {
    const { dtype, shape } = parameters[name]!;
    return [name, dtype, shape];
  });
  return sha256Of(
    encoded(canonicalJson({ network, shapes })),
    ...names.map((name) => bytesOf(parameters[name]!.data)),
  );
};

/** What decides the vectors of an encoder. */
export interface EncoderInputs {
  /** The encoder; where its file lies does not count. */
  readonly encoder: ImageEncoder;
  /** SHA-256 of its file and weights. */
  readonly content: string;
}

/**
 * Tells an encoder, fed and read in one way, from all others.
 *
 * @param inputs See {@link EncoderInputs}.
 * @returns 64 hexadecimal digits.
 */
export const encoderIdentity = (
  { encoder: { path: _, ...encoder }, content }: EncoderInputs,
): string => sha256Of(encoded(canonicalJson({ encoder, content })));

/**
 * Tells the pixels of centre crops from all weights.
 *
 * @param size Side of the crop, in pixels.
 * @returns 64 hexadecimal digits.
 */
export const pixelsIdentity = (size: number): string =>
  sha256Of(encoded(`pixels ${size}`));

/**
 * How versions before 2 identified weights, for the states of trainings
 * that they left.
 *
 * @param inputs See {@link ModelInputs}.
 * @returns 64 hexadecimal digits.
 */
export const earlierModelIdentity = (
  { network, parameters }: ModelInputs,
): string =>
  sha256Of(
    encoded(JSON.stringify(network)),
    ...Object.values(parameters).map(({ data }) => bytesOf(data)),
  );
