/**
 * The reference GEMM itself.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { referenceGemm } from "../measure/reference_gemm.ts";

benchmark(referenceGemm);
