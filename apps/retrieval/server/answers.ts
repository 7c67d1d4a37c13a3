/**
 * What the server answers, as schemas: the contract between it and the page.
 *
 * @module
 */
import { Schema } from "effect";

const Unit = Schema.Finite;

/** A rectangle `[x, y, width, height]` in pixels of a decoded image. */
export const BoxNumbers = Schema.Tuple([
  Schema.Int,
  Schema.Int,
  Schema.Int,
  Schema.Int,
]);

/** An indexed image, as every list shows it. */
export const ImageCard = Schema.Struct({
  id: Schema.Int,
  /** Its file name. */
  name: Schema.String,
  /** Path as its source gives it. */
  path: Schema.String,
  width: Schema.Int,
  height: Schema.Int,
  /** Left out when the index has no clusters. */
  cluster: Schema.optionalKey(Schema.Int),
  /** The name that a person gave to the cluster. */
  clusterName: Schema.optionalKey(Schema.String),
  /** To the centroid of its cluster. */
  distance: Schema.optionalKey(Schema.Finite),
  /** Further images with the same vector. */
  copies: Schema.Int,
  /** URL of a small picture. */
  thumbnail: Schema.String,
  /** URL of the picture. */
  original: Schema.String,
});

/** An indexed image with what its file was when it was indexed. */
export const ImageDetails = Schema.Struct({
  ...ImageCard.fields,
  sha256: Schema.String,
  /** Bytes. */
  size: Schema.Finite,
  /** When the file was last written, in ISO 8601. */
  modified: Schema.String,
});

/** A page of images. */
export const ImageList = Schema.Struct({
  total: Schema.Int,
  images: Schema.Array(ImageCard),
});

/** How vectors are searched. */
export const SearchKind = Schema.Struct({
  kind: Schema.Literals(["exact", "approximate"]),
  /** Recall@10 against exact search, measured; of approximate search only. */
  recall: Schema.optionalKey(Schema.Finite),
});

/** What is served. */
export const IndexInfo = Schema.Struct({
  /** Name of the index folder. */
  name: Schema.String,
  model: Schema.String,
  layer: Schema.String,
  images: Schema.Int,
  vectors: Schema.Int,
  /** Images that could not be indexed. */
  skipped: Schema.Int,
  /** Number of clusters, 0 when the index has none. */
  clusters: Schema.Int,
  search: SearchKind,
  run: Schema.optionalKey(Schema.Struct({
    folder: Schema.String,
    /** The vectors are of the weights at the end of this epoch; 0: untrained. */
    weightsEpoch: Schema.Int,
    /** Epoch of the clusters, where they are the run's. */
    clustersEpoch: Schema.optionalKey(Schema.Int),
    /** The command that shows the run. */
    watch: Schema.String,
    /** Address of the page that shows it, where it is known. */
    page: Schema.optionalKey(Schema.String),
  })),
  /** Whether pairs of regions can be asked for. */
  rmac: Schema.Boolean,
  /** Whether images can be described: uploads and boxes need the model. */
  queries: Schema.Boolean,
});

/** A cluster in a list. */
export const ClusterRow = Schema.Struct({
  cluster: Schema.Int,
  name: Schema.optionalKey(Schema.String),
  /** Images. */
  size: Schema.Int,
  /** Mean distance of its images to the centroid. */
  tightness: Schema.Finite,
  dismissed: Schema.Boolean,
  mergedInto: Schema.optionalKey(Schema.Int),
  /** Those nearest to the centroid. */
  members: Schema.Array(ImageCard),
});

/** A page of clusters, largest first. */
export const ClusterList = Schema.Struct({
  total: Schema.Int,
  /** Number of dismissed clusters. */
  dismissed: Schema.Int,
  clusters: Schema.Array(ClusterRow),
});

/** A cluster with a page of its images. */
export const ClusterPage = Schema.Struct({
  ...ClusterRow.fields,
  /** Clusters that were merged into this one. */
  merged: Schema.Array(Schema.Int),
  /** Images; `members` holds a page of them. */
  total: Schema.Int,
  /** Nearest clusters by their centroids. */
  neighbours: Schema.Array(Schema.Struct({
    cluster: Schema.Int,
    name: Schema.optionalKey(Schema.String),
    size: Schema.Int,
    distance: Schema.Finite,
    members: Schema.Array(ImageCard),
  })),
});

/** Changes of a cluster; null takes a name or a merge back. */
export const ClusterChange = Schema.Struct({
  name: Schema.optionalKey(Schema.NullOr(
    Schema.String.check(Schema.isMaxLength(200)),
  )),
  dismissed: Schema.optionalKey(Schema.Boolean),
  mergedInto: Schema.optionalKey(Schema.NullOr(Schema.Int)),
});

/** Where the epochs of a run had two images in one cluster. */
export const SharedHistory = Schema.Struct({
  /** Epoch since which they share a cluster without a break, or null. */
  since: Schema.NullOr(Schema.Int),
  /** Number of epochs in which they share one. */
  epochs: Schema.Int,
  /** Of so many epochs. */
  of: Schema.Int,
});

/** An image found. */
export const SearchResult = Schema.Struct({
  /** From 1. */
  rank: Schema.Int,
  /** Cosine similarity of the two descriptors. */
  score: Unit,
  /** Share of random pairs of indexed images with a lower score, 0 to 1. */
  percentile: Unit,
  image: ImageCard,
  /** Further images with the same vector. */
  copies: Schema.Array(ImageCard),
  /** Of a run's index, when the query is an indexed image. */
  history: Schema.optionalKey(SharedHistory),
});

/** The images most similar to a query. */
export const SearchResponse = Schema.Struct({
  query: Schema.Struct({
    /** The query, when it is an indexed image. */
    image: Schema.optionalKey(ImageCard),
    box: Schema.optionalKey(BoxNumbers),
    width: Schema.Int,
    height: Schema.Int,
    /** Cluster that the query belongs to. */
    cluster: Schema.optionalKey(Schema.Int),
    clusterName: Schema.optionalKey(Schema.String),
    clusterDistance: Schema.optionalKey(Schema.Finite),
    /** Share of the cluster's images that are nearer to its centroid. */
    unusual: Schema.optionalKey(Unit),
  }),
  search: SearchKind,
  results: Schema.Array(SearchResult),
});

/** The two regions that agree most. */
export const RegionPair = Schema.Struct({
  score: Unit,
  /** In the query. */
  query: BoxNumbers,
  /** In the indexed image. */
  image: BoxNumbers,
});

/** In which sense images are duplicates. */
export const DuplicateKind = Schema.Literals(["bytes", "pixels", "near"]);

/** A page of groups of duplicates. */
export const DuplicateList = Schema.Struct({
  total: Schema.Int,
  /** The score from which images are near duplicates. */
  level: Schema.optionalKey(Unit),
  groups: Schema.Array(Schema.Struct({
    kind: DuplicateKind,
    /** Id of the image to keep. */
    keep: Schema.Int,
    why: Schema.String,
    /** The least score that holds the group together. */
    score: Schema.optionalKey(Unit),
    members: Schema.Array(ImageCard),
  })),
});

/** A page of images far from their centroid and neighbours, first first. */
export const OutlierList = Schema.Struct({
  total: Schema.Int,
  outliers: Schema.Array(Schema.Struct({
    image: ImageCard,
    /** 0 to 1, 1: the most unusual. */
    unusual: Unit,
    centroidDistance: Schema.optionalKey(Schema.Finite),
    neighbourDistance: Schema.Finite,
  })),
});

/** An indexed image, as every list shows it. */
export type ImageCard = typeof ImageCard.Type;
/** A rectangle `[x, y, width, height]`. */
export type BoxNumbers = typeof BoxNumbers.Type;
