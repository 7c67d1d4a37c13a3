/**
 * A step of training.
 *
 * @module
 */
import { small } from "@deepcluster/models";
import { Effect } from "effect";
import { benchmark } from "../measure/bench.ts";
import { networks, trainingStep } from "../workloads/networks.ts";

const tiny = Effect.runSync(
  small({ sobel: true, size: 8, channels: [8, 16], units: [32] }),
);

benchmark(trainingStep({ ...tiny, name: "tiny" }, 4, 10), { reference: true });
benchmark(trainingStep(networks.small, 64, 200));
benchmark(trainingStep(networks.alexnet, 32, 1000), { heavy: true });
benchmark(trainingStep(networks.alexnet, 128, 1000), { heavy: true });
benchmark(trainingStep(networks.vgg16, 8, 1000), { heavy: true });
