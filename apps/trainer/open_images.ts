/**
 * The images that a run's settings name.
 *
 * @module
 */
import { openSource } from "@deepcluster/datasets";
import type { RunConfiguration } from "@deepcluster/runs";

/**
 * Opens what a configuration names, without looking at any image.
 *
 * @param configuration The run's settings.
 * @returns The images and, apart from them, their labels; or the error of the
 * folder, manifest or file.
 */
export const openImagesOf = (
  { folderReading, format, images, labelColumn, limit, pathColumn }:
    RunConfiguration,
): ReturnType<typeof openSource> =>
  openSource(images, {
    limit,
    reading: folderReading ?? "all files",
    ...format !== undefined && { format },
    ...labelColumn !== undefined && { labelField: labelColumn },
    ...pathColumn !== undefined && { pathField: pathColumn },
  });
