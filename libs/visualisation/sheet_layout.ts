/**
 * Where everything on a contact sheet goes.
 *
 * A sheet is a grid of blocks under a heading; a block is a label above rows
 * of tiles. Blocks side by side are equally high.
 *
 * @module
 */

/** Sizes that a reader may want to choose. */
export interface SheetOptions {
  /** Pixels across and down one image. Default: 64. */
  readonly tile?: number;
  /** Images in one row of a block. Default: 10. */
  readonly tilesPerRow?: number;
  /** Blocks side by side. Default: 2. */
  readonly blocksPerRow?: number;
  /** Heading of the sheet. Default: none. */
  readonly title?: string;
  /** A smaller line below the heading. */
  readonly caption?: string;
}

/** A rectangle in pixels. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
}

/** A block on the sheet. */
export interface PlacedBlock {
  /** The card that everything lies on. */
  readonly card: Box;
  /** What the label may cover. */
  readonly label: Box;
  /** Upper left corner of each image. */
  readonly tiles: readonly { readonly x: number; readonly y: number }[];
}

/** The entire sheet. */
export interface SheetLayout {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** Pixels across and down one image. */
  readonly tile: number;
  /** What heading and caption may cover. */
  readonly heading: Box;
  /** The blocks, in the order given. */
  readonly blocks: readonly PlacedBlock[];
}

/** Distances in pixels. */
const space = {
  /** Around the sheet. */
  margin: 28,
  /** Between blocks. */
  block: 16,
  /** From a card's edge to what is on it. */
  padding: 14,
  /** Height of a label and the space below it. */
  label: 30,
  /** Between images. */
  tile: 4,
  /** Height of the heading, and of the caption. */
  heading: 40,
  caption: 26,
} as const;

/**
 * Lays out a contact sheet.
 *
 * @param counts Images of each block.
 * @param options See {@link SheetOptions}.
 * @returns Whole pixels only.
 */
export const layOutSheet = (
  counts: readonly number[],
  options: SheetOptions,
): SheetLayout => {
  const { tile = 64, tilesPerRow = 10, blocksPerRow = 2 } = options;
  const columns = Math.max(1, Math.min(blocksPerRow, counts.length));
  const step = tile + space.tile;
  const cardWidth = tilesPerRow * step - space.tile + 2 * space.padding;
  const heading = (options.title ? space.heading : 0) +
    (options.caption ? space.caption : 0);
  const blocks: PlacedBlock[] = [];
  let y = space.margin + heading;
  for (let first = 0; first < counts.length; first += columns) {
    const abreast = counts.slice(first, first + columns);
    const rows = Math.max(1, Math.ceil(Math.max(...abreast) / tilesPerRow));
    const height = rows * step - space.tile + space.label + 2 * space.padding;
    abreast.forEach((count, column) => {
      const x = space.margin + column * (cardWidth + space.block);
      const card = { x, y, width: cardWidth, height };
      blocks.push(placeBlock(card, count, { step, tilesPerRow }));
    });
    y += height + space.block;
  }
  const width = 2 * space.margin + columns * (cardWidth + space.block) -
    space.block;
  return {
    width,
    height: y - space.block + space.margin,
    tile,
    heading: {
      x: space.margin,
      y: space.margin,
      width: width - 2 * space.margin,
      height: heading,
    },
    blocks,
  };
};

const placeBlock = (
  card: Box,
  count: number,
  { step, tilesPerRow }: { step: number; tilesPerRow: number },
): PlacedBlock => {
  const x = card.x + space.padding;
  const y = card.y + space.padding;
  const width = card.width - 2 * space.padding;
  return {
    card,
    label: { x, y, width, height: space.label },
    tiles: Array.from({ length: count }, (_, index) => ({
      x: x + (index % tilesPerRow) * step,
      y: y + space.label + Math.floor(index / tilesPerRow) * step,
    })),
  };
};
