/**
 * The settings of a run on the command line: a flag for each.
 *
 * @module
 */
import type { RunConfiguration } from "@deepcluster/runs";
import { type Setting, settings } from "@deepcluster/runs/settings";
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import type { Option } from "effect";
import { Flag } from "effect/cli";
import { presets } from "./configs/mod.ts";
import { settingFlag } from "./setting_flag.ts";

/** Flags that choose many settings at once. */
const sourceFlags = {
  preset: optionalFlag(
    Flag.Literals("preset", Object.keys(presets) as (keyof typeof presets)[]),
    "Settings for one network and kind of images; --config overrides them",
    "the paper's settings",
  ),
  config: optionalFlag(
    Flag.String("config").pipe(Flag.withMetavar("FILE")),
    "JSON file of settings, such as a run's config.json. A relative `images` " +
      "in it is relative to its folder. Flags override it",
  ),
  from: optionalFlag(
    Flag.String("from").pipe(Flag.withMetavar("MODEL")),
    "Start from the weights of a run folder or model file; the run then has " +
      "its network",
    "random weights",
  ),
  fromEpoch: optionalFlag(
    atLeast("from-epoch", 0),
    "Epoch of the run of --from",
    "its newest",
  ),
  exclude: optionalFlag(
    Flag.String("exclude").pipe(Flag.withMetavar("LIST")),
    "Text file of images that the run must not see, one a line: names in " +
      "the folder or manifest, or paths",
    "none",
  ),
};

type Settings = typeof settings;

/** Fields of a configuration that have a flag. */
type FlagField = {
  [F in keyof Settings]: Settings[F] extends { readonly flag: string } ? F
    : never;
}[keyof Settings];

type FlagValue<F extends FlagField> = NonNullable<RunConfiguration[F]>;

/** A flag for each field of a configuration, from the record of its setting. */
const fieldFlags = Object.fromEntries(
  Object.entries<Setting>(settings).flatMap(([field, setting]) =>
    setting.flag === undefined
      ? []
      : [[field, settingFlag(setting.flag, setting)]]
  ),
) as { readonly [F in FlagField]: Flag.Flag<Option.Option<FlagValue<F>>> };

/** All flags of settings. */
export const settingFlags = { ...sourceFlags, ...fieldFlags };

/** What {@link settingFlags} parse to. */
export type SettingValues = {
  readonly [K in keyof typeof settingFlags]: typeof settingFlags[K] extends
    Flag.Flag<infer A> ? A : never;
};
