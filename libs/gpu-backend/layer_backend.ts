/**
 * The `Backend` of some options.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import type { Backend } from "./backend.ts";
import type { SelectionError } from "./errors.ts";
import { resolveBackend } from "./probe/choose_provider.ts";
import { type BackendOptions, layerSelected } from "./selection.ts";

/**
 * Opens the `Backend` of some options. Its library is loaded when the layer
 * is built, not before.
 *
 * @param options See {@link BackendOptions}.
 * @returns The layer, which fails with `EngineOptionError` when an option has
 * a value it cannot have, with `EngineUnavailableError` when the library
 * cannot be loaded, with `ProviderMissingError` when the provider cannot be
 * used, or with `NoProviderError` when none is that `auto` could stand for.
 */
export const layerBackend = (
  options: BackendOptions = {},
): Layer.Layer<Backend, SelectionError> =>
  Layer.unwrap(Effect.map(resolveBackend(options), layerSelected));
