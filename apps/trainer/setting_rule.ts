/**
 * The rules of settings, for flags that were given a value.
 *
 * @module
 */
export { ruleOf } from "@deepcluster/runs";
