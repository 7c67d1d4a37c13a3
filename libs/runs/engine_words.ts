/**
 * The engines and their providers in words, for the help of flags and the table
 * of settings.
 *
 * @module
 */
import {
  autoProvider,
  engineNames,
  engines,
  providersOf,
} from "@deepcluster/gpu-backend";

/** What `--engine` chooses. */
export const engineHelp: string = "Library that computes: " +
  engineNames.map((name) => `${name} (${engines[name].description})`)
    .join(", ");

/** What `--provider` chooses. */
export const providerHelp: string = "Where the engine computes: " +
  engineNames.map((name) => `${providersOf(name).join(", ")} with ${name}`)
    .join("; ") +
  `; ${autoProvider}: the fastest of the engine's that works`;

/** What happens without `--provider`. */
export const providerDefault: string = "the engine's first, " +
  engineNames.map((name) => `${providersOf(name)[0]} with ${name}`).join(", ");
