/**
 * Checkpoints on their way to the disk and back.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { load, save } from "../workloads/checkpoints.ts";
import { networks } from "../workloads/networks.ts";

benchmark(save(networks.small));
benchmark(load(networks.small));
benchmark(save(networks.alexnet), { heavy: true });
benchmark(load(networks.alexnet), { heavy: true });
