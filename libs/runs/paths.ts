/**
 * Names of the files of a run folder that belong to an epoch.
 *
 * @module
 */

/**
 * Names a file of an epoch.
 *
 * @param folder Folder within the run folder.
 * @param epoch From 1.
 * @param ending What follows the epoch's number, with the extension.
 * @returns For example `clusters/epoch-0003.safetensors`.
 */
export const inEpoch = (
  folder: string,
  epoch: number,
  ending: string,
): string => `${folder}/epoch-${String(epoch).padStart(4, "0")}${ending}`;
