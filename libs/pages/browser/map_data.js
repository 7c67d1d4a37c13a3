/**
 * The data of a map: decoded from the JSON that a page holds, and what follows
 * from them.
 *
 * @module
 */
/** @import { EncodedArray, EncodedMap } from "../encoded_map.ts" */

/**
 * A map as the view holds it. Arrays have one entry a point.
 *
 * @typedef {object} MapData
 * @property {EncodedMap} about The rest: paths, names of classes, figures.
 * @property {number} points
 * @property {Float32Array} x From left to right, 0 to `width`.
 * @property {Float32Array} y From the top down, 0 to `height`.
 * @property {number} width The longer one of both is 1.
 * @property {number} height
 * @property {(epoch: number) => MapGrouping} clustersOf The clusters of one of
 * `about.epochs`, by its rank.
 * @property {MapGrouping | undefined} labels The classes, where there are any.
 * @property {Int32Array | undefined} squares Place of each point's thumbnail.
 */

/**
 * The points, divided into clusters or into classes.
 *
 * @typedef {object} MapGrouping
 * @property {Int32Array} of Group of each point: the number of a cluster, or
 * the rank of a class; -1: none.
 * @property {readonly MapGroup[]} groups Those that have points, the largest
 * first.
 * @property {Int32Array} ranks Rank in `groups` of each point's; -1: none.
 */

/**
 * A cluster or a class on the map.
 *
 * @typedef {object} MapGroup
 * @property {number} id Its number.
 * @property {string} name
 * @property {number} size Points that it has on the map.
 * @property {number} x Where the point lies that is most in its middle.
 * @property {number} y
 */

/**
 * Decodes a map.
 *
 * @param {EncodedMap} about
 * @returns {MapData}
 */
export const decodeMap = (about) => {
  const { x, y, width, height } = placed(decodeNumbers(about.positions));
  const grouping = (
    /** @type {EncodedArray} */ array,
    /** @type {(id: number) => string} */ nameOf,
  ) => groupingOf(Int32Array.from(decodeNumbers(array)), nameOf, x, y);
  const { labels, sprites } = about;
  return {
    about,
    points: about.points,
    x,
    y,
    width,
    height,
    clustersOf: remembered((epoch) =>
      grouping(
        /** @type {EncodedArray} */ (about.clusters[epoch]),
        (id) => `cluster ${id}`,
      )
    ),
    labels: labels &&
      grouping(labels.classes, (id) => labels.names[id] ?? `class ${id}`),
    squares: sprites && Int32Array.from(decodeNumbers(sprites.squares)),
  };
};

/**
 * Makes what belongs to a number when it is first asked for.
 *
 * @template T
 * @param {(n: number) => T} make
 * @returns {(n: number) => T}
 */
export const remembered = (make) => {
  /** @type {Map<number, T>} */
  const made = new Map();
  return (n) => {
    const known = made.get(n) ?? make(n);
    made.set(n, known);
    return known;
  };
};

/** @param {ArrayLike<number>} positions `[n, 2]` */
const placed = (positions) => {
  const [x, y] = [0, 1].map((axis) => {
    const values = new Float32Array(positions.length / 2);
    let [least, most] = [65_535, 0];
    for (let i = 0; i < values.length; i++) {
      const value = positions[2 * i + axis] ?? 0;
      values[i] = value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return { values, least, span: Math.max(0, most - least) };
  });
  const longer = Math.max(1, x?.span ?? 0, y?.span ?? 0);
  const scaled = (/** @type {typeof x} */ axis) =>
    (axis?.values ?? new Float32Array()).map((value) =>
      (value - (axis?.least ?? 0)) / longer
    );
  return {
    x: scaled(x),
    y: scaled(y),
    width: (x?.span ?? 0) / longer,
    height: (y?.span ?? 0) / longer,
  };
};

const arrayTypes = {
  Int8: Int8Array,
  Int16: Int16Array,
  Int32: Int32Array,
  Uint16: Uint16Array,
};

/**
 * Decodes an array of numbers.
 *
 * @param {EncodedArray} array
 * @returns {Int8Array | Int16Array | Int32Array | Uint16Array}
 */
const decodeNumbers = ({ type, base64 }) => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new arrayTypes[type](bytes.buffer);
};

/**
 * @param {Int32Array} of
 * @param {(id: number) => string} nameOf
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {MapGrouping}
 */
const groupingOf = (of, nameOf, x, y) => {
  let most = -1;
  for (const id of of) most = Math.max(most, id);
  const sizes = new Uint32Array(most + 1);
  for (const id of of) if (id >= 0) sizes[id] = (sizes[id] ?? 0) + 1;
  const ids = Array.from(sizes, (_, id) => id)
    .filter((id) => sizes[id] !== 0)
    .sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const rankOf = new Int32Array(most + 1);
  ids.forEach((id, rank) => {
    rankOf[id] = rank;
  });
  const ranks = of.map((id) => id < 0 ? -1 : rankOf[id] ?? -1);
  /** @type {number[][]} */
  const members = ids.map(() => []);
  ranks.forEach((rank, point) => members[rank]?.push(point));
  const groups = ids.map((id, rank) => ({
    id,
    name: nameOf(id),
    size: sizes[id] ?? 0,
    ...middleOf(members[rank] ?? [], x, y),
  }));
  return { of, ranks, groups };
};

/** The map is divided into so many squares each way to find crowds. */
const squaresAcross = 24;

/**
 * The member in the middle of the largest crowd: of a group in several parts,
 * the mean or median of all may lie where it has no point at all.
 *
 * @param {readonly number[]} members
 * @param {Float32Array} x
 * @param {Float32Array} y
 */
const middleOf = (members, x, y) => {
  const squareOf = (/** @type {number} */ value) =>
    Math.min(squaresAcross - 1, Math.floor(value * squaresAcross));
  const crowds = Map.groupBy(
    members,
    (point) =>
      squaresAcross * squareOf(y[point] ?? 0) + squareOf(x[point] ?? 0),
  );
  /** @type {readonly number[]} */
  let crowd = [];
  for (const other of crowds.values()) {
    if (other.length > crowd.length) crowd = other;
  }
  const meanOf = (/** @type {Float32Array} */ values) =>
    crowd.reduce((sum, point) => sum + (values[point] ?? 0), 0) / crowd.length;
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let nearest = Infinity;
  let middle = 0;
  for (const point of crowd) {
    const [dx, dy] = [(x[point] ?? 0) - meanX, (y[point] ?? 0) - meanY];
    const distance = dx * dx + dy * dy;
    if (distance < nearest) [nearest, middle] = [distance, point];
  }
  return { x: x[middle] ?? 0, y: y[middle] ?? 0 };
};
