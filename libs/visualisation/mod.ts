/**
 * Pictures of what was learned: filters, and contact sheets of clusters.
 *
 * Paper: section 4.2 and the figures of its supplement.
 *
 * @module
 */
// Contact sheets
export {
  classesByNumber,
  clusterSheet,
  type ClusterSummary,
  summariseCluster,
} from "./cluster_sheet.ts";
export {
  contactSheet,
  type ContactSheetError,
  requireSheetSize,
} from "./contact_sheet.ts";

// Filters
export {
  type FilterPicture,
  filterPicture,
  type FilterPictureOptions,
} from "./filters.ts";

// Gradient ascent
export type { AscentObjective } from "./gradient_ascent/ascent_graph.ts";
export {
  ascentDefaults,
  type AscentSettings,
} from "./gradient_ascent/ascent_settings.ts";
export {
  type AscendedFilter,
  type AscentOptions,
  type AscentState,
  type AscentStates,
  gradientAscent,
  type GradientAscentError,
} from "./gradient_ascent/gradient_ascent.ts";
export { gaussianBlur } from "./gradient_ascent/gaussian_blur.ts";
export {
  convolutionLayers,
  findMapLayer,
  type MapLayer,
  requireFilters,
} from "./gradient_ascent/map_layer.ts";

// Images that activate filters
export {
  type ReceptiveField,
  receptiveField,
  type Region,
  seenRegion,
} from "./top_images/receptive_field.ts";
export { inputSquare } from "./top_images/input_square.ts";
export {
  topImagesPicture,
  type TopImagesPictureOptions,
} from "./top_images/top_images_picture.ts";
export {
  type TopImage,
  type TopImages,
  topImages,
  type TopImagesError,
  type TopImagesOptions,
} from "./top_images/top_images.ts";

// Pictures
export { encodePng, enlarge } from "./picture.ts";
export {
  inRows,
  tiledPicture,
  type TiledPictureOptions,
} from "./tiled_picture.ts";

// Errors
export { NoNetworkError, SheetSizeError } from "./errors.ts";

// Which clusters and images are shown
export { chooseClusters, chooseImages } from "./choose.ts";
