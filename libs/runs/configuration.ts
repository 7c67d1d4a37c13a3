/**
 * A configuration: settings that keep their rules.
 *
 * It is plain JSON: read from a file, written to the run folder, compared on
 * resume.
 *
 * @module
 */
import { engineNames, providersOf } from "@deepcluster/gpu-backend/engines";
import { didYouMean, nearestNames } from "@deepcluster/terminal";
import { type Type, type } from "arktype";
import { Effect } from "effect";
import { ConfigurationError } from "./errors.ts";
import { isChoice, type Setting, settings } from "./settings.ts";

type Settings = typeof settings;

type Value<F extends keyof Settings> = Settings[F]["rule"] extends
  { readonly oneOf: readonly (infer Choice)[] } ? Choice
  : type.infer<Settings[F]["rule"]>;

/** Fields that have a default, and are part of every configuration. */
type Complete = {
  [F in keyof Settings]: Settings[F] extends { readonly default: unknown } ? F
    : never;
}[keyof Settings];

/** A complete configuration: the images of a run and its {@link settings}. */
export type RunConfiguration =
  & {
    /**
     * Absolute path of the folder, manifest or IDX file of images; any name
     * for a source of your own.
     */
    images: string;
  }
  & { [F in Complete]: Value<F> }
  & { [F in Exclude<keyof Settings, Complete>]?: Value<F> };

/**
 * Compiles the rule of a setting.
 *
 * @param setting The setting.
 * @returns Its rule, as a type of arktype.
 */
export const ruleOf = ({ rule }: Setting): Type =>
  isChoice(rule) ? type.enumerated(...rule.oneOf) : type.raw(rule) as Type;

const Configuration = type.raw({
  "+": "reject",
  images: "string > 0",
  ...Object.fromEntries(
    Object.entries<Setting>(settings).map(([field, setting]) => {
      const { default: value } = setting;
      const rule = ruleOf(setting);
      return value === undefined
        ? [`${field}?`, rule]
        : [field, [rule, "=", Array.isArray(value) ? () => [...value] : value]];
    }),
  ),
}) as unknown as Type<RunConfiguration>;

/** The settings that an epoch of training reads. */
export type TrainingSettings = Pick<
  RunConfiguration,
  | "batch"
  | "clusters"
  | "cropScale"
  | "flip"
  | "learningRate"
  | "momentum"
  | "reassign"
  | "seed"
  | "weightDecay"
>;

/**
 * Checks settings and fills in the paper's values.
 *
 * @param configuration Plain JSON; a missing field takes its default, except
 * `images`.
 * @param origin Named in errors: the file, or the command line.
 * @returns The complete configuration, or `ConfigurationError` naming every
 * field that breaks its rule.
 *
 * @example The defaults are the paper's
 * ```ts
 * import { parseConfiguration } from "@deepcluster/runs";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const paper = Effect.runSync(parseConfiguration({ images: "/photos" }, "me"));
 * assert.equal(paper.clusters, 10_000);
 * assert.equal(paper.weightDecay, 1e-5);
 * ```
 */
export const parseConfiguration: (
  configuration: unknown,
  origin: string,
) => Effect.Effect<RunConfiguration, ConfigurationError> = Effect.fnUntraced(
  function* (
    configuration,
    origin,
  ) {
    const parsed = Configuration(withProvider(configuration));
    if (parsed instanceof type.errors) {
      return yield* new ConfigurationError({
        origin,
        problems: parsed.map(({ message, path }) =>
          message.endsWith("must be removed")
            ? `${path} is not a setting${didYouMean(nearestFields(`${path}`))}`
            : message
        ),
      });
    }
    const [min, max] = parsed.cropScale;
    if (min > max) {
      return yield* new ConfigurationError({
        origin,
        problems: [
          "cropScale must go from a smaller to a larger fraction " +
          `(was ${min} to ${max})`,
        ],
      });
    }
    return parsed;
  },
);

/** The provider of settings that name none is the first of their engine. */
const withProvider = (configuration: unknown): unknown => {
  if (typeof configuration !== "object" || configuration === null) {
    return configuration;
  }
  const { engine } = configuration as Readonly<Record<string, unknown>>;
  const name = engineNames.find((name) => name === engine);
  return name === undefined
    ? configuration
    : { provider: providersOf(name)[0], ...configuration };
};

/** The fields nearest to a mistyped one; the name of a flag is near its field. */
const nearestFields = (field: string): readonly string[] => {
  const names = new Map(
    Object.entries<Setting>(settings).flatMap(
      ([field, { flag = field }]) => [[flag, field], [field, field]] as const,
    ),
  );
  const near = nearestNames(field, [...names.keys(), "images"]);
  return [...new Set(near.map((name) => names.get(name) ?? name))];
};
