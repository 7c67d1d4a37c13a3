/**
 * An npm baseline as a child process; `../python/baseline.py` documents the
 * protocol.
 *
 *     deno run -A baseline.mjs "ml-kmeans" 2
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const [baseline, threads] = [process.argv[2], Number(process.argv[3])];
const answer = (values) => process.stdout.write(JSON.stringify(values) + "\n");
const floats = (path) => new Float32Array(bytes(path).buffer);
const bytes = (path) => Uint8Array.from(readFileSync(path));

/** Returns the version of a package that does not export `package.json`. */
const versionOf = (name) => {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).version;
};

/** k-means of ml-kmeans, on the nested arrays that it needs. */
const mlKmeans = async () => {
  const { kmeans } = await import("ml-kmeans");
  const rows = (path, d) => {
    const data = floats(path);
    return Array.from(
      { length: data.length / d },
      (_, i) => Array.from(data.subarray(i * d, (i + 1) * d)),
    );
  };
  return {
    versions: { "ml-kmeans": versionOf("ml-kmeans") },
    open: ({ points, centroids, d, k, iterations }) => {
      const data = rows(points, d);
      const initialization = rows(centroids, d);
      const run = () =>
        kmeans(data, k, { initialization, maxIterations: iterations });
      const values = ({ clusters, centroids, iterations }) => {
        let sum = 0;
        data.forEach((point, i) => {
          const centroid = centroids[clusters[i]];
          for (let j = 0; j < d; j++) sum += (point[j] - centroid[j]) ** 2;
        });
        return [sum, iterations];
      };
      return { checked: [], run, values };
    },
  };
};

/** The network layer by layer in tfjs, in its NHWC layout. */
const networkOf = (tf, { layers, tensors, images, shape }) => {
  const all = floats(tensors);
  const values = Object.fromEntries(
    JSON.parse(readFileSync(`${tensors}.json`, "utf8")).map((entry) => [
      entry.name,
      tf.tensor(
        all.subarray(entry.offset, entry.offset + entry.size),
        entry.shape,
      ),
    ]),
  );
  // Features are taken before the last ReLU.
  const steps = layers.slice(0, -1).map((layer) => stepOf(tf, layer, values));
  const input = tf.transpose(tf.tensor(floats(images), shape), [0, 2, 3, 1]);
  return () => {
    const result = tf.tidy(() =>
      tf.mean(tf.abs(steps.reduce((x, step) => step(x), input)))
    );
    const [value] = result.dataSync();
    result.dispose();
    return [value];
  };
};

const stepOf = (tf, layer, values) => {
  const { type, name, kernel, stride } = layer;
  const value = (field) => values[`${name}.${field}`];
  switch (type) {
    case "convolution": {
      const filter = tf.transpose(value("weight"), [2, 3, 1, 0]);
      const { padding, bias } = layer;
      return (x) => {
        const y = tf.conv2d(x, filter, stride, padding);
        return bias ? tf.add(y, value("bias")) : y;
      };
    }
    case "batchNorm": {
      const fields = ["running_mean", "running_var", "bias", "weight"];
      const [mean, variance, shift, scale] = fields.map(value);
      return (x) => tf.batchNorm(x, mean, variance, shift, scale, 1e-5);
    }
    case "relu":
      return (x) => tf.relu(x);
    case "maxPool":
      return (x) => tf.maxPool(x, kernel, stride, "valid");
    case "flatten":
      return (x) => tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], -1]);
    case "linear":
      return (x) =>
        tf.add(tf.matMul(x, value("weight"), false, true), value("bias"));
    default:
      return (x) => x;
  }
};

const tfjsWasm = async () => {
  const tf = await import("@tensorflow/tfjs-core");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const main = require.resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(main)}/`);
  wasm.setThreadsCount(threads);
  if (!await tf.setBackend("wasm")) throw new Error("wasm does not start");
  await tf.ready();
  return tfjs(tf, { "tfjs-backend-wasm": wasm.version_wasm });
};

const tfjsNode = async () => {
  const tf = await import("@tensorflow/tfjs-node");
  return tfjs(tf, { "tfjs-node": tf.version["tfjs-node"] });
};

const tfjs = (tf, versions) => ({
  versions: { tfjs: tf.version_core ?? tf.version["tfjs-core"], ...versions },
  open: (spec) => {
    const run = networkOf(tf, spec);
    return { checked: run(), run, values: (result) => result };
  },
});

const baselines = {
  "ml-kmeans": mlKmeans,
  "tfjs wasm": tfjsWasm,
  "tfjs-node": tfjsNode,
};

let opened;
try {
  opened = await baselines[baseline]();
} catch (error) {
  answer({ missing: String(error.message).trim().split("\n")[0] });
  process.exit(0);
}
answer({ versions: opened.versions, kernels: {} });
let workload;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.open) {
    workload = opened.open(request.open);
    answer({ values: workload.checked });
  } else if (request.run) {
    const started = performance.now();
    const result = workload.run();
    const seconds = (performance.now() - started) / 1000;
    answer({ seconds, values: workload.values(result) });
  } else {
    const status = readFileSync("/proc/self/status", "utf8");
    answer({ bytes: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) * 1024 });
  }
}
process.exit(0);
