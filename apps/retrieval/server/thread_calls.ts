/**
 * What the serving thread asks of the threads that compute. Vectors and pixels
 * travel as buffers, which change hands without a copy: Deno passes views
 * element by element.
 *
 * @module
 */

import type { DecodeOptions } from "@deepcluster/data";
import type { BackendOptions } from "@deepcluster/gpu-backend";

/** An image with the part of it that is meant. */
export interface SentImage {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** `[height, width, 3]`, 8 bits. */
  readonly data: ArrayBuffer;
  /** `[x, y, width, height]`. Default: the entire image. */
  readonly box?: readonly [number, number, number, number];
}

/** What a computing thread says of the index that it opened. */
export interface OpenedSearch {
  /** Which state of the folder it is; see `stampOf`. */
  readonly stamp: string;
  /** How it is searched. */
  readonly kind: "exact" | "approximate";
  /** Measured, of approximate search. */
  readonly recall?: number;
}

/** What a computing thread says of the model of the index. */
export interface OpenedDescriptor {
  /** Images that are best described at a time. */
  readonly batch: number;
  /** How images are decoded before they are described. */
  readonly decodeOptions: DecodeOptions;
}

/** A described image. */
export interface SentDescriptor {
  /** `[d]`, 32-bit floats. */
  readonly vector: ArrayBuffer;
  /** Its cluster, where the model is a run. */
  readonly cluster?: number;
  /** Its distance to the centroid. */
  readonly distance?: number;
}

/** A query: a row of the index, or a vector of 32-bit floats. */
export type SentQuery = number | ArrayBuffer;

/** A group of duplicates by the ids of images. */
export interface SentGroup {
  readonly kind: "bytes" | "pixels" | "near";
  readonly keep: number;
  readonly why: string;
  readonly score?: number;
  readonly members: readonly number[];
}

/** An odd one out. */
export interface SentOutlier {
  readonly row: number;
  readonly unusual: number;
  readonly centroidDistance?: number;
  readonly neighbourDistance: number;
}

/** What can be asked, and what comes back. */
export interface ThreadCalls {
  /** Opens the index afresh; other calls fail before. */
  readonly open: { request: undefined; answer: OpenedSearch };
  /** Opens the model of the index, if it has one. */
  readonly descriptor: { request: undefined; answer: OpenedDescriptor };
  /** Describes images. */
  readonly describe: {
    request: readonly SentImage[];
    answer: readonly SentDescriptor[];
  };
  /** Searches: for each query, 64-bit floats `row, score, percentile` … */
  readonly search: {
    request: { readonly queries: readonly SentQuery[]; readonly top: number };
    answer: readonly ArrayBuffer[];
  };
  /** The best pair of regions of two images. */
  readonly regions: {
    request: { readonly query: SentImage; readonly image: SentImage };
    answer: {
      readonly score: number;
      readonly query: readonly [number, number, number, number];
      readonly image: readonly [number, number, number, number];
    };
  };
  /** Groups of images whose vectors are alike. */
  readonly duplicates: {
    request: { readonly percentile: number };
    answer: {
      readonly level?: number;
      readonly groups: readonly SentGroup[];
    };
  };
  /** Images far from their centroid and neighbours, first first. */
  readonly outliers: { request: undefined; answer: readonly SentOutlier[] };
}

/** Name of a call. */
export type CallName = keyof ThreadCalls;

/** A call as it is sent. */
export type SentCall = {
  readonly [Name in CallName]: {
    readonly call: number;
    readonly name: Name;
    readonly request: ThreadCalls[Name]["request"];
  };
}[CallName];

/** An answer as it is sent: `refused` when the request was at fault. */
export type SentAnswer =
  | { readonly call: number; readonly answer: unknown }
  | {
    readonly call: number;
    readonly refused: boolean;
    readonly message: string;
  };

/** What a computing thread is started with. */
export interface ThreadData {
  /** The index folder. */
  readonly folder: string;
  /** The engine. Default: all cores of the processor. */
  readonly engine?: BackendOptions;
  /** Default: by the number of vectors. */
  readonly mode?: "exact" | "approximate";
}
