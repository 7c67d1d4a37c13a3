import { gpuPlacement } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { alexnet } from "./alexnet.ts";
import { featuresGraph } from "./features_graph.ts";
import { lastMapGraph } from "./last_map_graph.ts";
import { small } from "./small.ts";
import { trainingGraph } from "./training_graph.ts";
import { vgg16 } from "./vgg16.ts";
import assert from "node:assert/strict";

const networks = {
  small: small({ sobel: false }),
  "small, Sobel, dropout": small({ sobel: true, dropout: 0.5 }),
  alexnet: alexnet({ sobel: true }),
  "alexnet of colours, narrow": alexnet({ sobel: false, width: 1 / 4 }),
  vgg16: vgg16({ sobel: true }),
};

const training = (batch: number) => ({
  batch,
  clusters: 100,
  momentum: 0.9,
  weightDecay: 1e-5,
});

effectTest(
  "a step of training comes to this many nodes on a GPU, none on the CPU",
  () =>
    Effect.gen(function* () {
      const placements = yield* Effect.forEach(
        Object.entries(networks),
        Effect.fnUntraced(function* ([name, network]) {
          const graph = yield* trainingGraph(yield* network, training(64));
          return [name, gpuPlacement(graph)] as const;
        }),
      );
      // Each node costs a GPU some 10 µs: more of them need a reason.
      assert.deepEqual(Object.fromEntries(placements), {
        small: { nodes: 289, onCpu: [] },
        "small, Sobel, dropout": { nodes: 293, onCpu: [] },
        alexnet: { nodes: 380, onCpu: [] },
        "alexnet of colours, narrow": { nodes: 378, onCpu: [] },
        vgg16: { nodes: 796, onCpu: [] },
      });
    }),
);

effectTest(
  "features and last maps are computed on a GPU alone",
  () =>
    Effect.gen(function* () {
      for (const [name, make] of Object.entries(networks)) {
        const network = yield* make;
        for (
          const graph of [
            yield* featuresGraph(network, 7),
            yield* lastMapGraph(network, 256, 320),
          ]
        ) assert.deepEqual(gpuPlacement(graph).onCpu, [], name);
      }
    }),
);
