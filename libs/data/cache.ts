/**
 * Decoded images kept for the next epoch, within stated budgets.
 *
 * First come, first kept: every epoch reads all images, so replacing what was
 * kept would only throw away what is needed next. Images beyond the budgets
 * are decoded again each time, to the same bytes.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { type CacheFile, cacheFile } from "./cache_file.ts";
import type { CacheError } from "./errors.ts";
import type { Image } from "./image.ts";

/** How much may be kept. */
export interface CacheOptions {
  /** Bytes of pixels kept in memory; 0 keeps none. */
  readonly memoryBytes: number;
  /** Where images go that no longer fit in memory. Default: they are not kept. */
  readonly disk?: {
    /** Existing folder, for one file that vanishes with the process. */
    readonly folder: string;
    /** Bytes of pixels kept in that file. */
    readonly bytes: number;
  };
}

/** What is kept at present. */
export interface CacheUsage {
  /** Images in memory. */
  readonly memoryImages: number;
  /** Bytes of their pixels. */
  readonly memoryBytes: number;
  /** Images on disk. */
  readonly diskImages: number;
  /** Bytes of their pixels. */
  readonly diskBytes: number;
}

/** Decoded images by their `sourceIndex`. */
export interface DecodedCache {
  /**
   * The image with a `sourceIndex`, if it is kept. Its pixels may be the cache's own:
   * do not write to them.
   */
  readonly get: (
    sourceIndex: number,
  ) => Effect.Effect<Image | undefined, CacheError>;
  /** Keeps an image if there is room. Its pixels are copied. */
  readonly put: (
    sourceIndex: number,
    image: Image,
  ) => Effect.Effect<void, CacheError>;
  /** What is kept at present. */
  readonly usage: () => CacheUsage;
}

/** Places other than a block of memory. */
const nowhere = -1;
const onDisk = -2;
const onItsWayToDisk = -3;

/** Memory is taken in blocks, for a million images in one array each. */
const blockBytes = 16 << 20;

/**
 * Makes an empty cache; its file is closed, and gone, with the scope.
 *
 * The file is unlinked as soon as it is open, so that nothing is left behind
 * even when the process is killed. Takes 20 bytes an image beside the pixels.
 *
 * @param images Number of images in the source.
 * @param options See {@link CacheOptions}.
 * @returns The cache, or `CacheError` when its file cannot be made. Keeping an
 * image fails with `CacheError` when the disk refuses within the budget.
 */
export const makeCache: (
  images: number,
  options: CacheOptions,
) => Effect.Effect<DecodedCache, CacheError, Scope.Scope> = Effect.fn(
  "makeCache",
)(function* (
  images,
  options,
) {
  const { memoryBytes, disk } = options;
  const store: Store = {
    memory: memoryStore(memoryBytes),
    file: disk !== undefined && disk.bytes > 0
      ? yield* cacheFile(disk.folder, disk.bytes)
      : undefined,
    widths: new Uint32Array(images),
    heights: new Uint32Array(images),
    blocks: new Int32Array(images).fill(nowhere),
    offsets: new Float64Array(images),
    memoryImages: 0,
    diskImages: 0,
  };
  return {
    get: (sourceIndex) => read(store, sourceIndex),
    put: (sourceIndex, image) => write(store, sourceIndex, image),
    usage: () => ({
      memoryImages: store.memoryImages,
      memoryBytes: store.memory.used(),
      diskImages: store.diskImages,
      diskBytes: store.file?.used() ?? 0,
    }),
  };
});

/** What is kept and where; arrays have an element for each image. */
interface Store {
  readonly memory: ReturnType<typeof memoryStore>;
  readonly file: CacheFile | undefined;
  readonly widths: Uint32Array;
  readonly heights: Uint32Array;
  /** Number of a block of memory, or one of the other blocks. */
  readonly blocks: Int32Array;
  /** In the block or in the file. */
  readonly offsets: Float64Array;
  memoryImages: number;
  diskImages: number;
}

const read = (
  { memory, file, widths, heights, blocks, offsets }: Store,
  sourceIndex: number,
): Effect.Effect<Image | undefined, CacheError> => {
  const block = blocks[sourceIndex]!;
  if (block < 0 && block !== onDisk) return Effect.succeed(undefined);
  const width = widths[sourceIndex]!;
  const height = heights[sourceIndex]!;
  const bytes = width * height * 3;
  const offset = offsets[sourceIndex]!;
  return block === onDisk
    ? Effect.map(file!.read(offset, bytes), (data) => ({ width, height, data }))
    : Effect.succeed({
      width,
      height,
      data: memory.read(block, offset, bytes),
    });
};

const write = (
  store: Store,
  sourceIndex: number,
  { width, height, data }: Image,
): Effect.Effect<void, CacheError> => {
  const { memory, file, blocks, offsets } = store;
  if (blocks[sourceIndex] !== nowhere) return Effect.void;
  store.widths[sourceIndex] = width;
  store.heights[sourceIndex] = height;
  const kept = memory.write(data);
  if (kept !== undefined) {
    blocks[sourceIndex] = kept.block;
    offsets[sourceIndex] = kept.offset;
    store.memoryImages++;
    return Effect.void;
  }
  const offset = file?.reserve(data.length);
  if (file === undefined || offset === undefined) return Effect.void;
  blocks[sourceIndex] = onItsWayToDisk;
  offsets[sourceIndex] = offset;
  return Effect.map(file.write(offset, data), () => {
    blocks[sourceIndex] = onDisk;
    store.diskImages++;
  });
};

/** Blocks of memory, filled one after the other. */
const memoryStore = (budget: number) => {
  const blocks: Uint8Array[] = [];
  let room = 0;
  let taken = 0;
  let used = 0;
  const write = (data: Uint8Array) => {
    if (data.length > room) {
      const size = Math.min(Math.max(blockBytes, data.length), budget - taken);
      if (size < data.length) return undefined;
      blocks.push(new Uint8Array(size));
      taken += size;
      room = size;
    }
    const block = blocks.length - 1;
    const offset = blocks[block]!.length - room;
    blocks[block]!.set(data, offset);
    room -= data.length;
    used += data.length;
    return { block, offset };
  };
  return {
    write,
    read: (block: number, offset: number, bytes: number) =>
      blocks[block]!.subarray(offset, offset + bytes),
    used: () => used,
  };
};
