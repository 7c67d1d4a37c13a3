/**
 * What can go wrong when an engine is chosen, and a graph compiled or run.
 *
 * @module
 */
import type { FeedError, GraphError, LabelError } from "@deepcluster/graph";
import type { ModelTooLargeError } from "@deepcluster/onnx-format";
import { Schema } from "effect";

/** An option of the engine has a value that it cannot have. */
export class EngineOptionError
  extends Schema.TaggedError<EngineOptionError>()("EngineOptionError", {
    /** Name of the option. */
    option: Schema.String,
    /** What must hold and does not. */
    rule: Schema.String,
    /** The value, rendered. */
    value: Schema.String,
    /** The engine that sets the rule. Default: a rule of all engines. */
    engine: Schema.optional(Schema.String),
    /** Engines that take the value. Default: none does. */
    others: Schema.optional(Schema.Array(Schema.String)),
  }) {
  /** Names the option, the rule, the value, and what to do. */
  override get message(): string {
    const { engine, option, others = [], rule, value } = this;
    const action = engine === undefined
      ? "choose an engine"
      : `compute with the engine ${engine}`;
    const remedy = others.length === 0
      ? ""
      : `; ${value} is of --engine ${others.join(" and ")}`;
    return `Cannot ${action} as ${option} must be ${rule}: ` +
      `current value is ${option}=${value}${remedy}`;
  }
}

/** The library behind an engine cannot be used. */
export class EngineUnavailableError
  extends Schema.TaggedError<EngineUnavailableError>()(
    "EngineUnavailableError",
    {
      /** Name of the engine. */
      engine: Schema.String,
      /** Name of the package. */
      library: Schema.String,
      /** What is wrong with it, such as `is not installed`. */
      reason: Schema.String,
      /** What to do about it. */
      remedy: Schema.String,
    },
  ) {
  /** Names the engine, its package, what is wrong, and what to do. */
  override get message(): string {
    return `Cannot load the engine ${this.engine} as ${this.library} ` +
      `${this.reason}; ${this.remedy}`;
  }
}

/** The engine cannot compute on a provider. */
export class ProviderMissingError
  extends Schema.TaggedError<ProviderMissingError>()("ProviderMissingError", {
    /** Its name. */
    provider: Schema.String,
    /** What must hold and does not, as a rule. */
    rule: Schema.String,
    /** What is instead, as a clause. */
    reason: Schema.String,
    /** What to do about it. */
    remedy: Schema.String,
  }) {
  /** Names the provider, what it lacks, and what to do. */
  override get message(): string {
    return `Cannot compute on ${this.provider} as ${this.rule}: ` +
      `${this.reason}; ${this.remedy}`;
  }
}

/** The engine refuses the graph: what we lowered it to is wrong. */
export class CompilationError
  extends Schema.TaggedError<CompilationError>()("CompilationError", {
    /** Operator at fault with its shape, where the engine names it. */
    operator: Schema.optional(Schema.String),
    /** What the engine says. */
    reason: Schema.String,
  }) {
  /** Names the operator. */
  override get message(): string {
    return `Cannot compile the graph as the engine must accept every ` +
      `operator: current values are operator=${this.operator ?? "unknown"}, ` +
      `reason=${this.reason}`;
  }
}

/** The engine stopped in the middle of a run. */
export class ExecutionError
  extends Schema.TaggedError<ExecutionError>()("ExecutionError", {
    /** Operator at fault with its shape, where the engine names it. */
    operator: Schema.optional(Schema.String),
    /** What the engine says. */
    reason: Schema.String,
  }) {
  /** Names the operator. */
  override get message(): string {
    return `Cannot run the graph as the engine must finish every operator: ` +
      `current values are operator=${this.operator ?? "unknown"}, ` +
      `reason=${this.reason}`;
  }
}

/** Memory does not hold the tensors of a graph. */
export class OutOfMemoryError
  extends Schema.TaggedError<OutOfMemoryError>()("OutOfMemoryError", {
    /** What failed. */
    action: Schema.Literals(["compile", "run"]),
    /** Shapes of what is fed, rendered; the first size is the batch. */
    inputs: Schema.String,
    /** The largest tensor of the graph, rendered; none of an ONNX model. */
    largest: Schema.optional(Schema.String),
    /** Its size. */
    largestBytes: Schema.optional(Schema.Number),
    /** Bytes of all state, once; none of an ONNX model. */
    stateBytes: Schema.optional(Schema.Number),
  }) {
  /** Names what was fed, what is largest, and what to do. */
  override get message(): string {
    const { inputs, largest, largestBytes, stateBytes } = this;
    const values = Object.entries({ inputs, largest, largestBytes, stateBytes })
      .flatMap(([name, value]) =>
        value === undefined ? [] : `${name}=${value}`
      );
    return `Cannot ${this.action} the graph as memory must hold its tensors: ` +
      `current values are ${values.join(", ")}; ` +
      `lower the batch size or the image size, or free memory`;
  }
}

/** An ONNX model of others cannot be opened or used. */
export class OnnxModelError
  extends Schema.TaggedError<OnnxModelError>()("OnnxModelError", {
    /** Its path, or `the model` where it came as bytes. */
    model: Schema.String,
    /** What is wrong, for callers to branch on. */
    problem: Schema.Literals([
      "absent",
      "unreadable",
      "weights",
      "operator",
      "version",
      "input",
      "output",
      "run",
      "engine",
    ]),
    /** What must hold and does not. */
    rule: Schema.String,
    /** What is instead, and what to do. */
    value: Schema.String,
  }) {
  /** Names the model, the rule and what is instead. */
  override get message(): string {
    return `Cannot use ${this.model} as ${this.rule}: ${this.value}`;
  }
}

/** What compiling, running, reading or writing a program can fail with. */
export type BackendError =
  | GraphError
  | FeedError
  | LabelError
  | ModelTooLargeError
  | CompilationError
  | ExecutionError
  | OutOfMemoryError;

/** An engine that was tried does not work. */
export class ProbeError extends Schema.TaggedError<ProbeError>()("ProbeError", {
  /** What happened, as a message. */
  reason: Schema.String,
  /** What is wrong, in a clause, where that is known. */
  problem: Schema.optionalKey(Schema.String),
  /** What to do about it, where that is known. */
  remedy: Schema.optionalKey(Schema.String),
}) {
  /** What happened. */
  override get message(): string {
    return this.reason;
  }
}

/** A provider multiplies matrices wrongly. */
export class WrongProductError
  extends Schema.TaggedError<WrongProductError>()("WrongProductError", {
    /** What came of a product whose every value is 1. */
    value: Schema.Number,
  }) {
  /** What it computed. */
  override get message(): string {
    return `Cannot use this provider as a product of matrices whose values ` +
      `are 1 must come out as 1: current value is ${this.value}`;
  }
}

/** None of an engine's providers works, so that there is no fastest. */
export class NoProviderError
  extends Schema.TaggedError<NoProviderError>()("NoProviderError", {
    /** The engine. */
    engine: Schema.String,
    /** Why each of its providers does not. */
    reasons: Schema.Array(Schema.String),
  }) {
  /** Every reason, on a line each. */
  override get message(): string {
    return `Cannot choose a provider of ${this.engine} as one must work:\n` +
      this.reasons.map((reason) => `  ${reason}`).join("\n");
  }
}

/** What choosing an engine can fail with. */
export type SelectionError =
  | EngineOptionError
  | EngineUnavailableError
  | NoProviderError
  | ProviderMissingError;
