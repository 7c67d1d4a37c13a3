/**
 * Where images come from, before anything is decoded.
 *
 * A source fixes the order of its images by their names or content, never by
 * the file system. It holds no labels: those travel apart, as
 * {@link Labels}, and only evaluation reads them.
 *
 * @module
 */

/** One image as it lies in its source. */
export type ImagePayload =
  | {
    /** A file that sharp opens. */
    readonly kind: "file";
    /** Absolute path. */
    readonly path: string;
  }
  | {
    /** An encoded image in memory. */
    readonly kind: "encoded";
    /** The bytes of a JPEG, PNG, SVG … */
    readonly bytes: Uint8Array;
  }
  | {
    /** Raw pixels, as in an IDX file. */
    readonly kind: "pixels";
    /** Pixels across. */
    readonly width: number;
    /** Pixels down. */
    readonly height: number;
    /** 1 for grey, 3 for RGB. */
    readonly channels: 1 | 3;
    /** `height * width * channels` values from 0 to 255. */
    readonly data: Uint8Array;
  };

/** A finite, ordered collection of images. */
export interface ImageSource {
  /** For messages: the folder, the manifest, the file. */
  readonly name: string;
  /** Unique, stable name of each image: its path relative to the source. */
  readonly ids: readonly string[];
  /** The image with a `sourceIndex`, its rank in `ids`. */
  readonly payload: (index: number) => ImagePayload;
}

/** Labels of a source's images, for evaluation only: training never sees them. */
export interface Labels {
  /** Class names, in the order of their numbers. */
  readonly names: readonly string[];
  /** Class of every image of the source, -1 where there is none. */
  readonly classes: Int32Array;
}

/** A source together with the labels found beside it. */
export interface LabelledSource {
  /** The images. */
  readonly source: ImageSource;
  /** Their labels, when the source has any. */
  readonly labels?: Labels;
}
