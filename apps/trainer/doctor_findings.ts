/**
 * What is wrong with a run before it has begun, and what to do about it.
 *
 * @module
 */
import { dimensionsWarning } from "@deepcluster/clustering";
import type { SelectedBackend, TriedProvider } from "@deepcluster/gpu-backend";
import {
  fewImagesWarning,
  type RunConfiguration,
  TooManyClustersError,
} from "@deepcluster/runs";
import { shown } from "@deepcluster/terminal";
import type { PeakNeeds, ProfileRun } from "@deepcluster/training";
import { bytesText } from "./bytes_text.ts";
import type { Machine, Place } from "./doctor_machine.ts";

/** Something wrong. */
export interface Finding {
  /** Whether the run cannot work, or may disappoint. */
  readonly level: "error" | "warning";
  /** What is wrong, and what to do. */
  readonly text: string;
}

/**
 * What is wrong with the engine that is wanted, and with the run folder.
 *
 * @param engines What was tried.
 * @param selected The engine that is wanted.
 * @param place Where the run is to be.
 * @returns Findings, those of the engine first.
 */
export const machineFindings = (
  engines: readonly TriedProvider[],
  { engine, provider }: Pick<SelectedBackend, "engine" | "provider">,
  { refusal }: Place,
): readonly Finding[] => [
  ...engines.filter((tried) =>
    tried.engine === engine && tried.provider === provider
  ).flatMap(({ fails, works }) => [
    ...fails ? [error(fails.message)] : [],
    ...works?.capabilities.deviceMemory
      ? [
        warning(
          "What the GPU's own memory must hold is not estimated: if a run " +
            "fails for want of it, lower --batch or --extract-batch",
        ),
      ]
      : [],
  ]),
  ...refusal === undefined ? [] : [error(refusal)],
];

/**
 * What is wrong with the settings, given images and machine.
 *
 * @param configuration The run's settings.
 * @param images Number of images.
 * @param machine The machine.
 * @param featureSize Length of the network's features.
 * @returns Findings.
 */
export const settingFindings = (
  { batch, clusters, pca, threads }: RunConfiguration,
  images: number,
  { cores }: Machine,
  featureSize: number,
): readonly Finding[] => [
  ...clusters <= images ? [] : [
    error(
      new TooManyClustersError({ clusters, images, unreadable: 0 }).message,
    ),
  ],
  ...batch <= images ? [] : [
    warning(
      `A training step of ${batch} images takes some of the ${images} more ` +
        `than once: lower --batch`,
    ),
  ],
  ...[
    fewImagesWarning(images, clusters),
    dimensionsWarning(images, featureSize, pca),
  ].flatMap((text) => text === undefined ? [] : [warning(text)]),
  ...threads <= cores ? [] : [
    warning(
      `${threads} threads share ${cores} cores, which is slower than ` +
        `${cores}: lower --threads`,
    ),
  ],
];

/**
 * What a run needs and the machine does not have.
 *
 * @param needs What it needs, or needs at the very least.
 * @param machine The machine.
 * @param place Where the run is to be.
 * @returns Findings.
 */
export const needFindings = (
  { memoryBytes: memory, diskBytes: disk }: PeakNeeds,
  { memoryBytes, freeMemoryBytes }: Machine,
  { folder, freeBytes }: Pick<Place, "folder" | "freeBytes">,
): readonly Finding[] => {
  const lower = "lower --batch, --extract-batch, --size, --pca, --limit or " +
    "--image-memory";
  return [
    ...memory > memoryBytes
      ? [
        error(
          `Cannot run as memory must hold ${bytesText(memory)}: this machine ` +
            `has ${bytesText(memoryBytes)}; ${lower}`,
        ),
      ]
      : memory > freeMemoryBytes
      ? [
        warning(
          `Of the ${bytesText(memory)} of memory that are needed, ` +
            `${bytesText(freeMemoryBytes)} are free: end other programs, or ` +
            lower,
        ),
      ]
      : [],
    ...disk <= freeBytes ? [] : [
      error(
        `Cannot run as the disk must hold ${bytesText(disk)}: ` +
          `${bytesText(freeBytes)} are free for ${shown(folder)}; choose ` +
          `another --run, or lower --keep or --limit`,
      ),
    ],
  ];
};

/**
 * What is wrong with the images that were looked at.
 *
 * @param trial What was profiled.
 * @param configuration The run's settings.
 * @returns Findings.
 */
export const imageFindings = (
  { sampled, unreadable }: Pick<ProfileRun, "sampled" | "unreadable">,
  { maxUnreadableShare }: RunConfiguration,
): readonly Finding[] =>
  unreadable <= maxUnreadableShare * sampled ? [] : [
    warning(
      `Of ${sampled} images looked at, ${unreadable} cannot be decoded: a run ` +
        `ends when more than ${100 * maxUnreadableShare} % of all cannot; ` +
        `see --max-unreadable-fraction`,
    ),
  ];

const error = (text: string): Finding => ({ level: "error", text });
const warning = (text: string): Finding => ({ level: "warning", text });
