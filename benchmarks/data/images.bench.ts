/**
 * Images on their way to the network.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { augmentation, batched } from "../workloads/images.ts";

benchmark(augmentation);
benchmark(batched(64, 32));
