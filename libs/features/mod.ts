/**
 * A pass over images: features of the last layer or of several, spilled to files
 * of rows that survive a kill, and read back in any order.
 *
 * @module
 */
export { type Crops, cropsOf } from "./crops.ts";
export { DivergedFeaturesError, NonFiniteWeightError } from "./errors.ts";
export { extract } from "./extract.ts";
export { extractOutputs, type ExtractOutputsError } from "./extract_outputs.ts";
export { compileLayers } from "./compile_layers.ts";
export {
  compileFinite,
  type CompileLayersError,
  type CompileOutputsError,
  type OutputsError,
  type OutputsProgram,
} from "./outputs_program.ts";
export { compileLastMap, type LastMapProgram } from "./last_map_program.ts";
export {
  type FeaturesInputs,
  featuresKey,
  featuresVersion,
  layerFile,
  layerInKeys,
} from "./features_key.ts";
export { type FeaturesNote, readFeaturesNote } from "./features_note.ts";
export { imagePass } from "./image_pass.ts";
export {
  type Labelled,
  type LabelledError,
  type LabelledSizes,
  requireTest,
  requireTraining,
} from "./labelled.ts";
export { defaultBatch } from "./defaults.ts";
export {
  type IdentifiedImages,
  layerFeatures,
  type LayerFeaturesError,
} from "./layer_features.ts";
export { encoderLayer } from "./encoder_program.ts";
export {
  decodeOptionsOf,
  type LayeredModel,
  layersGraph,
  transformOptionsOf,
} from "./layers_graph.ts";
export {
  type EvaluatedLayer,
  evaluatedLayers,
  pixelsLayer,
} from "./layer_pools.ts";
export { namingLayer } from "./layer_progress.ts";
export { type Gather, gatherFrom, readRows, subsetOf } from "./gather.ts";
export { scalingOf, standardised, standardiseRows } from "./standardise.ts";
