/**
 * The settings in which runs differ.
 *
 * @module
 */
import {
  type RunConfiguration,
  type Setting,
  settings,
} from "@deepcluster/runs";
import { canonicalJson } from "@deepcluster/storage";

/** A setting that is not the same in all runs. */
export interface SettingDifference {
  /** Its name in `config.json`. */
  readonly field: string;
  /** Its flag, without dashes, where it has one. */
  readonly flag?: string;
  /** What it is in each run, as it is typed; absent where it is not set. */
  readonly values: readonly (string | undefined)[];
}

/**
 * Compares settings.
 *
 * @param configurations Those of each run.
 * @returns The settings that differ, in the order of the documentation.
 */
export const settingDifferences = (
  configurations: readonly RunConfiguration[],
): readonly SettingDifference[] => {
  const known: Readonly<Record<string, Setting>> = settings;
  const fields = new Set(["images", ...Object.keys(known)]);
  for (const configuration of configurations) {
    Object.keys(configuration).forEach((field) => fields.add(field));
  }
  return [...fields].flatMap((field) => {
    const values: unknown[] = configurations.map((one) =>
      Reflect.get(one, field)
    );
    const texts = values.map((value) => canonicalJson({ value }));
    if (new Set(texts).size === 1) return [];
    const flag = known[field]?.flag;
    return [{
      field,
      ...flag !== undefined && { flag },
      values: values.map(textOf),
    }];
  });
};

const textOf = (value: unknown): string | undefined =>
  value === undefined
    ? undefined
    : typeof value === "string"
    ? value
    : Array.isArray(value)
    ? value.join(",")
    : typeof value === "object" && value !== null && "path" in value
    ? String(value.path)
    : canonicalJson(value);
