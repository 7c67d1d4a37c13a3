/**
 * The networks by name: one entry for each, from which settings, flags and
 * checkpoints take their names.
 *
 * @module
 */
import { alexnet } from "./alexnet.ts";
import { small } from "./small.ts";
import { vgg16 } from "./vgg16.ts";

/** Every network: how it is built, by its name. */
export const architectures = { alexnet, vgg16, small } as const;

/** Name of a network. */
export type Architecture = keyof typeof architectures;

/** The names of all networks. */
export const architectureNames = Object.keys(
  architectures,
) as readonly Architecture[];
