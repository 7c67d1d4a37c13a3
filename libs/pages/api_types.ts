/**
 * What the retrieval server answers, as the page reads it: JSON by HTTP.
 *
 * Boxes are `[x, y, width, height]` in pixels of the decoded picture, upright
 * as browsers show it.
 *
 * @module
 */

/** A box in a picture: left, top, width and height in pixels. */
export type PixelBox = readonly [number, number, number, number];

/** An indexed image, as much of it as a tile shows. */
export interface ImageCard {
  /** Row of the image in the index; it never changes. */
  readonly id: number;
  /** File name. */
  readonly name: string;
  /** Path relative to the indexed folder. */
  readonly path: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Its cluster; -1 or absent when the index has none. */
  readonly cluster?: number;
  /** The name that a person gave to the cluster. */
  readonly clusterName?: string;
  /** Distance to the centroid of its cluster. */
  readonly distance?: number;
  /** How many other images have the same vector. */
  readonly copies: number;
  /** Path of a small picture; takes `?side=PIXELS`. */
  readonly thumbnail: string;
  /** Path of the picture itself. */
  readonly original: string;
}

/** How results were found. */
export interface SearchKind {
  /** Whether every vector was compared. */
  readonly kind: "exact" | "approximate";
  /** Measured recall@10 of approximate search, 0 to 1. */
  readonly recall?: number;
}

/** What is indexed: `GET /api/index`. */
export interface IndexInfo {
  /** Name of the index's folder. */
  readonly name: string;
  /** The model, as typed when the index was made. */
  readonly model: string;
  /** The layer that gave the vectors. */
  readonly layer?: string;
  /** Present images. */
  readonly images: number;
  /** Different vectors. */
  readonly vectors: number;
  /** Images that could not be indexed. */
  readonly skipped: number;
  /** Clusters; 0 when the index has none. */
  readonly clusters: number;
  /** How searches are answered. */
  readonly search: SearchKind;
  /** The run that gave the model, when it was one. */
  readonly run?: {
    readonly folder: string;
    /** The vectors are of the weights at the end of this epoch; 0: untrained. */
    readonly weightsEpoch: number;
    /** Epoch of the clusters, where they are the run's. */
    readonly clustersEpoch?: number;
    /** The command that shows the run. */
    readonly watch: string;
    /** Address of the page that shows it, where it is known. */
    readonly page?: string;
  };
  /**
   * Whether pictures and boxes can be searched by: not in an index of given
   * vectors, whose model is not known. Default: true.
   */
  readonly queries?: boolean;
  /** Whether the vectors are R-MAC, so that regions can be compared. */
  readonly rmac: boolean;
}

/** A cluster as one row of pictures. */
export interface ClusterRow {
  /** Its number in the run. */
  readonly cluster: number;
  /** The name that a person gave it. */
  readonly name?: string;
  /** How many images are in it, those of merged clusters included. */
  readonly size: number;
  /** Mean distance of its images to the centroid; small is tight. */
  readonly tightness: number;
  /** Whether a person put it aside. */
  readonly dismissed: boolean;
  /** The cluster that a person merged it into. */
  readonly mergedInto?: number | null;
  /** The images nearest to the centroid. */
  readonly members: readonly ImageCard[];
}

/** Clusters, the largest first: `GET /api/clusters`. */
export interface ClusterList {
  /** How many there are. */
  readonly total: number;
  /** How many are put aside. */
  readonly dismissed?: number;
  /** Those asked for. */
  readonly clusters: readonly ClusterRow[];
}

/** A cluster near another one. */
export interface NeighbourCluster {
  /** Its number. */
  readonly cluster: number;
  /** The name that a person gave it. */
  readonly name?: string;
  /** How many images are in it. */
  readonly size: number;
  /** Distance between the centroids. */
  readonly distance: number;
  /** A few of its images. */
  readonly members: readonly ImageCard[];
}

/** A cluster with its images: `GET /api/clusters/:cluster`. */
export interface ClusterDetail extends ClusterRow {
  /** Clusters that a person merged into this one. */
  readonly merged: readonly number[];
  /** How many images it has. */
  readonly total: number;
  /** The nearest clusters. */
  readonly neighbours: readonly NeighbourCluster[];
}

/** What a person says of a cluster: `PATCH /api/clusters/:cluster`. */
export interface ClusterChange {
  /** A name; `null` takes it away. */
  readonly name?: string | null;
  /** Whether to put the cluster aside. */
  readonly dismissed?: boolean;
  /** The cluster it belongs to; `null` splits it off again. */
  readonly mergedInto?: number | null;
}

/** One found image. */
export interface SearchResult {
  /** From 1. */
  readonly rank: number;
  /** Cosine similarity, -1 to 1. */
  readonly score: number;
  /** Fraction of random pairs with a lower score, 0 to 1. */
  readonly percentile: number;
  /** The image. */
  readonly image: ImageCard;
  /** Other images with the same vector. */
  readonly copies: readonly ImageCard[];
  /** How often training put query and result into one cluster. */
  readonly history?: {
    /** Epoch since which they share one without a break. */
    readonly since: number | null;
    /** In how many epochs they shared one. */
    readonly epochs: number;
    /** Of how many. */
    readonly of: number;
  };
}

/** What a search found: `GET` and `POST /api/search`. */
export interface SearchResponse {
  /** The picture searched by. */
  readonly query: {
    /** Present when it is one of the index. */
    readonly image?: ImageCard;
    /** Present when a part of it was searched by. */
    readonly box?: PixelBox;
    /** Pixels of the picture, not of the box. */
    readonly width: number;
    /** Pixels. */
    readonly height: number;
    /** The cluster whose centroid is nearest. */
    readonly cluster?: number;
    /** The name that a person gave to the cluster. */
    readonly clusterName?: string;
    /** Distance to that centroid. */
    readonly clusterDistance?: number;
    /** Fraction of the cluster's images that are nearer to it, 0 to 1. */
    readonly unusual?: number;
  };
  /** How it was searched. */
  readonly search: SearchKind;
  /** The best first. */
  readonly results: readonly SearchResult[];
}

/** The two regions that agree best: `GET` and `POST /api/regions`. */
export interface RegionPair {
  /** Their cosine similarity. */
  readonly score: number;
  /** In the query. */
  readonly query: PixelBox;
  /** In the result. */
  readonly image: PixelBox;
}

/** How alike duplicates are. */
export type DuplicateKind = "bytes" | "pixels" | "near";

/** Images that are the same, or nearly so. */
export interface DuplicateGroup {
  /** How alike they are. */
  readonly kind: DuplicateKind;
  /** The image to keep. */
  readonly keep: number;
  /** Why that one. */
  readonly why: string;
  /** Lowest score that joined the group. */
  readonly score?: number;
  /** All of them. */
  readonly members: readonly ImageCard[];
}

/** Groups of duplicates: `GET /api/duplicates`. */
export interface DuplicateList {
  /** How many groups there are. */
  readonly total: number;
  /** The score that the percentile stands for. */
  readonly level?: number;
  /** Those asked for. */
  readonly groups: readonly DuplicateGroup[];
}

/** Images far from their centroid and neighbours: `GET /api/outliers`. */
export interface OutlierList {
  /** How many images are ranked. */
  readonly total: number;
  /** The most unusual first. */
  readonly outliers: readonly {
    readonly image: ImageCard;
    /** Fraction of images that are less unusual, 0 to 1. */
    readonly unusual: number;
    /** Distance to the centroid of its cluster. */
    readonly centroidDistance?: number;
    /** Mean distance to its nearest neighbours. */
    readonly neighbourDistance: number;
  }[];
}

/** What the header of every view shows. */
export type HeaderInfo = Pick<
  IndexInfo,
  "name" | "model" | "images" | "clusters" | "queries"
>;

/** What the first screen shows, so that it can be drawn by the server. */
export interface FirstScreen {
  /** What is indexed. */
  readonly index: IndexInfo;
  /** The largest clusters. */
  readonly clusters: ClusterList;
}
