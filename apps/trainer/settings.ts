/**
 * The settings of a command line: flags over a
 * configuration file, over a preset, over the paper's values.
 *
 * @module
 */
import {
  autoProvider,
  type EngineOptionError,
  type ProbeEngine,
  resolveBackend,
} from "@deepcluster/gpu-backend";
import { ConfigurationError, parseConfiguration } from "@deepcluster/runs";
import { digestOf } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { loadStartingModel, startingSettings } from "@deepcluster/training";
import { Effect, Option } from "effect";
import { presets } from "./configs/mod.ts";
import type { SettingValues } from "./setting_flags.ts";
import { readSettings } from "./settings_file.ts";

/**
 * Returns the configuration of a command line.
 *
 * @param images Where the images are, unless the configuration file says.
 * @param flags Values of `settingFlags`.
 * @param probe How to try an engine, for `--provider auto`. Default: in a child
 * process.
 * @returns Every setting, or `ConfigurationError` naming the fields at fault.
 */
export const configurationOf = Effect.fnUntraced(function* (
  images: Option.Option<string>,
  { preset, config, from, fromEpoch, exclude, ...rest }: SettingValues,
  probe?: ProbeEngine,
) {
  const flags: Record<string, unknown> = {};
  if (Option.isSome(images)) flags["images"] = fromHere(images.value);
  for (const [name, value] of Object.entries<Option.Option<unknown>>(rest)) {
    if (Option.isSome(value)) flags[name] = value.value;
  }
  if (Option.isSome(exclude)) {
    const path = fromHere(exclude.value);
    flags["exclude"] = { path, sha256: (yield* digestOf(path)).sha256 };
  }
  const file = Option.isSome(config)
    ? yield* readSettings(fromHere(config.value))
    : {};
  const usual: Record<string, unknown> = Option.match(preset, {
    onNone: () => ({}),
    onSome: (name) => presets[name].settings,
  });
  yield* sayOverridden(usual, file, preset, config);
  const origin = Option.match(config, {
    onNone: () => "the command line",
    onSome: (path) => `${path} and the command line`,
  });
  const start = yield* startOf(from, fromEpoch);
  const stated: Readonly<Record<string, unknown>> = {
    folderReading: "training part",
    ...start,
    ...usual,
    ...file,
    ...flags,
    ...start && { from: start.from },
  };
  const configuration = yield* withEngine(stated, origin, probe).pipe(
    Effect.catchTag("EngineOptionError", (error) =>
      Effect.fail(
        error.option in file && !(error.option in flags)
          ? new ConfigurationError({ origin, problems: [inFile(error)] })
          : error,
      )),
  );
  if (configuration.from) {
    yield* loadStartingModel(configuration.from, configuration);
  }
  return configuration;
});

/**
 * Settings with their engine: its fastest provider in place of `auto`, once
 * everything else is right, and as many threads as there are cores.
 */
const withEngine = Effect.fnUntraced(function* (
  stated: Readonly<Record<string, unknown>>,
  origin: string,
  probe?: ProbeEngine,
) {
  const { provider: typed, ...others } = stated;
  const isAuto = typed === autoProvider;
  const parsed = yield* parseConfiguration(isAuto ? others : stated, origin);
  const { engine, provider, threads } = yield* resolveBackend({
    engine: parsed.engine,
    provider: isAuto ? autoProvider : parsed.provider,
    ..."threads" in stated && { threads: parsed.threads },
  }, probe);
  return { ...parsed, engine, provider, threads };
});

/** What is wrong with a field of the file, as its other problems are said. */
const inFile = ({ engine, option, rule, value }: EngineOptionError): string =>
  `${option} must be ${rule}${
    engine === undefined ? "" : ` with the engine ${engine}`
  }: ${value}`;

/** The settings that follow from the model of `--from`. */
const startOf = Effect.fnUntraced(function* (
  from: Option.Option<string>,
  epoch: Option.Option<number>,
) {
  if (Option.isSome(from)) {
    const path = fromHere(from.value);
    return yield* startingSettings(path, Option.getOrUndefined(epoch));
  }
  if (Option.isNone(epoch)) return undefined;
  return yield* new ConfigurationError({
    origin: "the command line",
    problems: [`--from-epoch ${epoch.value} needs --from RUN`],
  });
});

/** Says which settings of a preset the file overrides. */
const sayOverridden = (
  usual: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>>,
  preset: Option.Option<string>,
  config: Option.Option<string>,
): Effect.Effect<void> => {
  const overridden = Object.keys(usual).filter((name) =>
    name in file && JSON.stringify(file[name]) !== JSON.stringify(usual[name])
  );
  return overridden.length === 0 ? Effect.void : Effect.logWarning(
    `${Option.getOrThrow(config)} overrides --preset ` +
      `${Option.getOrThrow(preset)} in: ${overridden.join(", ")}`,
  );
};
