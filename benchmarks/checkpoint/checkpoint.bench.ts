/**
 * Checkpoints on their way to the disk and back.
 *
 * @module
 */
import { measured } from "../measure/bench.ts";
import { load, save } from "../works/checkpoints.ts";
import { networks } from "../works/networks.ts";

measured(save(networks.small));
measured(load(networks.small));
measured(save(networks.alexnet), { heavy: true });
measured(load(networks.alexnet), { heavy: true });
