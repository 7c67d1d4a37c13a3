/**
 * Features of a batch: the pass before each clustering.
 *
 * @module
 */
import { small } from "@deepcluster/models";
import { Effect } from "effect";
import { benchmark } from "../measure/bench.ts";
import { forward, networks } from "../workloads/networks.ts";

const tiny = Effect.runSync(
  small({ sobel: true, size: 8, channels: [8, 16], units: [32] }),
);

benchmark(forward({ ...tiny, name: "tiny" }, 4), { reference: true });
benchmark(forward(networks.small, 128));
benchmark(forward(networks.alexnet, 32));
benchmark(forward(networks.vgg16, 8));
