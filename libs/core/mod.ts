/**
 * What every other lib speaks: tensors and matrices as plain data, blocks of rows
 * that may be on disk, named random draws, progress events, the loop that can
 * be stopped and resumed, modules loaded when needed, and the errors of options.
 *
 * @module
 */
export { codeOf, messageOf } from "./causes.ts";
export { type Draws, draws } from "./draws.ts";
export { NonFiniteFeatureError, OptionError } from "./errors.ts";
export { halfBits, halfNumber } from "./half.ts";
export { mapRecord } from "./map_record.ts";
export {
  firstNonFinite,
  type Matrix,
  matrix,
  row,
  sharedMatrix,
} from "./matrix.ts";
export { loadModule } from "./load_module.ts";
export { Progress, type ProgressEvent } from "./progress.ts";
export { requireCount, requireFinite, requireOption } from "./requirements.ts";
export {
  type Interruptible,
  type ResumableLoop,
  resumableLoop,
} from "./resumable_loop.ts";
export { heldRows, readInto, type RowReader, rowsOf } from "./row_reader.ts";
export { takeFrom } from "./take_from.ts";
export {
  type DType,
  type FloatTensor,
  floatTensor,
  intTensor,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from "./tensor.ts";
