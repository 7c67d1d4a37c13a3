/**
 * A step of training.
 *
 * @module
 */
import { small } from "@deepcluster/models";
import { Effect } from "effect";
import { measured } from "../measure/bench.ts";
import { networks, trainingStep } from "../works/networks.ts";

const tiny = Effect.runSync(
  small({ sobel: true, size: 8, channels: [8, 16], units: [32] }),
);

measured(trainingStep({ ...tiny, name: "tiny" }, 4, 10), { reference: true });
measured(trainingStep(networks.small, 64, 200));
measured(trainingStep(networks.alexnet, 32, 1000), { heavy: true });
measured(trainingStep(networks.alexnet, 128, 1000), { heavy: true });
measured(trainingStep(networks.vgg16, 8, 1000), { heavy: true });
