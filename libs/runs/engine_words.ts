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
} from "@deepcluster/gpu-backend/engines";

/** What `--engine` chooses. */
export const engineHelp: string = "Library that computes: " +
  engineNames.map((name) => `${name} (${engines[name].description})`)
    .join(", ");

/** What `--provider` chooses. */
export const providerHelp: string = "Where it computes: " +
  engineNames.map((name) => `${name} on ${providersOf(name).join(", ")}`)
    .join("; ") +
  `; ${autoProvider}: on the fastest that works`;

const [first, ...others] = engineNames;
const usual = providersOf(first!)[0]!;

/** What happens without `--provider`. */
export const providerDefault: string = [
  usual,
  ...others.flatMap((name) => {
    const own = providersOf(name)[0]!;
    return own === usual ? [] : [`${own} with ${name}`];
  }),
].join(", ");
