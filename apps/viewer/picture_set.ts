/**
 * What a command of `visualise` makes: pictures, and what is said of them.
 *
 * @module
 */
import type { Image } from "@deepcluster/data";

/** A picture with its words. */
export interface Figure {
  /** Name of its file, without `.png`. */
  readonly name: string;
  /** Its pixels. */
  readonly picture: Image | Uint8Array;
  /** Above it. */
  readonly title: string;
  /** What it shows, for those who cannot see it. */
  readonly alt: string;
  /** A sentence under it. Default: none. */
  readonly caption?: string;
}

/** Figures of numbers about the pictures. */
export interface FigureTable {
  /** What the numbers are. */
  readonly caption: string;
  /** Heads of the columns; the first of each row names it. */
  readonly columns: readonly string[];
  /** Cells, texts and numbers. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** All that a command makes. */
export interface PictureSet {
  /** Title of the page. */
  readonly title: string;
  /** Paragraphs under it. */
  readonly text: readonly string[];
  /** The pictures, each a file. */
  readonly figures: readonly Figure[];
  /** Numbers. Default: none. */
  readonly table?: FigureTable;
  /** Settings by name, as a person reads them. */
  readonly settings: Readonly<Record<string, string | number>>;
}
