/**
 * Images on their way to the network.
 *
 * @module
 */
import { measured } from "../measure/bench.ts";
import { augmentation, batched } from "../works/images.ts";

measured(augmentation);
measured(batched(64, 32));
