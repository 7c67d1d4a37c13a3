/**
 * What can go wrong with the graph of approximate search.
 *
 * @module
 */
import { Schema } from "effect";

/** The library of the graph cannot be loaded, or refuses something. */
export class GraphError extends Schema.TaggedError<GraphError>()("GraphError", {
  /** What was to be done: `load`, `build`, `save` or `search`. */
  action: Schema.String,
  /** What the library says. */
  reason: Schema.String,
}) {
  /** What was to be done, what the library says and what to do instead. */
  override get message(): string {
    return `Cannot ${this.action} the graph of approximate search as usearch ` +
      `must be able to: current failure is ${this.reason}; --exact searches ` +
      "without a graph";
  }
}
