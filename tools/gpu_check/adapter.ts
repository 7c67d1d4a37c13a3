/**
 * Prints the GPU that Deno's WebGPU finds, with its features, as one line of
 * JSON. ONNX Runtime's WebGPU is another, and may take another of several GPUs:
 * the one it took stands in the version of its side. A process of its own, as
 * drivers can end it.
 *
 * @module
 */

// Deno's own types of WebGPU leave this out where they are not asked for.
const gpu = (navigator as unknown as {
  readonly gpu?: {
    requestAdapter(options: object): Promise<
      {
        readonly info: Record<string, unknown>;
        readonly features: Set<string>;
      } | null
    >;
  };
}).gpu;

const adapter = await gpu?.requestAdapter({
  powerPreference: "high-performance",
});
if (adapter === undefined || adapter === null) {
  console.log(JSON.stringify({ missing: "WebGPU finds no adapter" }));
} else {
  const { vendor, architecture, device, description, isFallbackAdapter } =
    adapter.info;
  console.log(JSON.stringify({
    ...{ vendor, architecture, device, description },
    software: isFallbackAdapter,
    features: [...adapter.features].sort(),
  }));
}
