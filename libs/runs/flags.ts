/**
 * Flags that commands share, without what they choose: an entry of its own
 * (`@deepcluster/runs/flags`), so that help loads no engines and models.
 *
 * @module
 */
export {
  continuedEngine,
  engineFlags,
  type EngineValues,
  softwareFlag,
  typedEngine,
} from "./engine_flags.ts";
export {
  encoderFlags,
  modelArgument,
  modelFlags,
  type ModelValues,
  weightsFlags,
} from "./model_flags.ts";
