/** @module */
export * from "./configuration.ts";
export * from "./errors.ts";
export * from "./sampler.ts";
