/**
 * Features of a batch: the pass before each clustering.
 *
 * @module
 */
import { small } from "@deepcluster/models";
import { Effect } from "effect";
import { measured } from "../measure/bench.ts";
import { forward, networks } from "../works/networks.ts";

const tiny = Effect.runSync(
  small({ sobel: true, size: 8, channels: [8, 16], units: [32] }),
);

measured(forward({ ...tiny, name: "tiny" }, 4), { reference: true });
measured(forward(networks.small, 128));
measured(forward(networks.alexnet, 32));
measured(forward(networks.vgg16, 8));
