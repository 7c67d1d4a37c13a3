/**
 * The part of `@tensorflow/tfjs-core` 4.22 that the executor uses, by hand: the
 * package is optional, so its own types are not there to be checked against.
 *
 * @module
 */

/** Element types that the executor meets. */
export type TfDType = "float32" | "int32" | "bool";

/** A tensor of the library: a handle of memory that the backend holds. */
export interface TfTensor {
  /** Sizes, outermost first. */
  readonly shape: number[];
  /** Element type. */
  readonly dtype: TfDType;
  /** Copies the elements to the host, or gives the array that is kept. */
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  /** Gives the memory back, unless a clone still uses it. */
  dispose(): void;
}

/** Zeros before and after along each axis. */
export type TfPaddings = [number, number][];

/** The library's functions; of each, the parameters that are used. */
export interface Tf {
  readonly version_core: string;
  getBackend(): string;
  backend(): unknown;
  setBackend(name: string): Promise<boolean>;
  registerBackend(name: string, make: () => unknown): boolean;
  removeBackend(name: string): void;
  memory(): { readonly numTensors: number; readonly numBytes: number };
  getKernel(name: string, backend: string): unknown;
  engine(): {
    runKernel(
      name: string,
      inputs: Readonly<Record<string, TfTensor>>,
      attributes: Readonly<Record<string, unknown>>,
    ): TfTensor;
  };
  /** Disposes what `make` made, except what it returns. */
  tidy<T extends TfTensor | readonly TfTensor[]>(make: () => T): T;

  tensor(
    data: Float32Array | Int32Array,
    shape: number[],
    dtype: TfDType,
  ): TfTensor;
  scalar(value: number, dtype?: TfDType): TfTensor;
  fill(shape: number[], value: number): TfTensor;
  zeros(shape: number[]): TfTensor;
  zerosLike(x: TfTensor): TfTensor;
  range(start: number, stop: number, step: number, dtype: TfDType): TfTensor;
  clone(x: TfTensor): TfTensor;
  cast(x: TfTensor, dtype: TfDType): TfTensor;

  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  div(a: TfTensor, b: TfTensor | number): TfTensor;
  neg(x: TfTensor): TfTensor;
  abs(x: TfTensor): TfTensor;
  exp(x: TfTensor): TfTensor;
  log(x: TfTensor): TfTensor;
  log1p(x: TfTensor): TfTensor;
  sqrt(x: TfTensor): TfTensor;
  square(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  round(x: TfTensor): TfTensor;
  clipByValue(x: TfTensor, low: number, high: number): TfTensor;
  equal(a: TfTensor, b: TfTensor): TfTensor;
  greater(a: TfTensor, b: TfTensor | number): TfTensor;
  greaterEqual(a: TfTensor, b: TfTensor | number): TfTensor;
  where(condition: TfTensor, yes: TfTensor, no: TfTensor): TfTensor;

  sum(x: TfTensor, axes: number[], keepDimensions?: boolean): TfTensor;
  mean(x: TfTensor, axes: number[], keepDimensions?: boolean): TfTensor;
  max(x: TfTensor, axes: number[], keepDimensions?: boolean): TfTensor;
  argMax(x: TfTensor, axis: number): TfTensor;

  reshape(x: TfTensor, shape: number[]): TfTensor;
  broadcastTo(x: TfTensor, shape: number[]): TfTensor;
  transpose(x: TfTensor, permutation: number[]): TfTensor;
  reverse(x: TfTensor, axes: number[]): TfTensor;
  pad(x: TfTensor, paddings: TfPaddings, value?: number): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  stridedSlice(
    x: TfTensor,
    begin: number[],
    end: number[],
    strides: number[],
  ): TfTensor;
  split(x: TfTensor, parts: number, axis: number): TfTensor[];
  concat(parts: TfTensor[], axis: number): TfTensor;

  matMul(
    a: TfTensor,
    b: TfTensor,
    transposeA?: boolean,
    transposeB?: boolean,
  ): TfTensor;
  conv2d(
    x: TfTensor,
    filter: TfTensor,
    strides: [number, number],
    padding: "valid" | TfPaddings,
    format: "NHWC",
    dilations: [number, number],
  ): TfTensor;
  conv2dTranspose(
    x: TfTensor,
    filter: TfTensor,
    shape: number[],
    strides: [number, number],
    padding: "valid",
  ): TfTensor;
  maxPool(
    x: TfTensor,
    kernel: [number, number],
    strides: [number, number],
    padding: "valid",
  ): TfTensor;
  avgPool(
    x: TfTensor,
    kernel: [number, number],
    strides: [number, number],
    padding: "valid",
  ): TfTensor;
}
