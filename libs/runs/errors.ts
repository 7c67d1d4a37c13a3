/**
 * What can go wrong with a run folder, its settings and its checkpoints.
 *
 * @module
 */
import { Schema } from "effect";

/** A folder that is to become a run is a run already. */
export class RunExistsError
  extends Schema.TaggedError<RunExistsError>()("RunExistsError", {
    folder: Schema.String,
  }) {
  /** The folder and what to do. */
  override get message(): string {
    return `Cannot start a run in ${this.folder} as the folder must be empty ` +
      `or new: it holds a run already; resume it or name another folder`;
  }
}

/** A folder that is to become a run holds something else. */
export class ForeignFolderError
  extends Schema.TaggedError<ForeignFolderError>()("ForeignFolderError", {
    folder: Schema.String,
    found: Schema.String,
  }) {
  /** The folder and some of what it holds. */
  override get message(): string {
    return `Cannot start a run in ${this.folder} as the folder must be empty ` +
      `or new: it holds ${this.found}`;
  }
}

/** A folder that should be a run is none. */
export class NotARunError
  extends Schema.TaggedError<NotARunError>()("NotARunError", {
    folder: Schema.String,
    found: Schema.String,
  }) {
  /** The folder and what is there instead. */
  override get message(): string {
    return `Cannot open ${this.folder} as a run must hold config.json and ` +
      `run.lock: found ${this.found}`;
  }
}

/** A run's configuration is not readable as JSON. */
export class CorruptConfigError
  extends Schema.TaggedError<CorruptConfigError>()("CorruptConfigError", {
    path: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The file, the rule it breaks and what it holds. */
  override get message(): string {
    return `Cannot read ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** Settings that break their rules; `problems` names each field and rule. */
export class ConfigurationError
  extends Schema.TaggedError<ConfigurationError>()(
    "ConfigurationError",
    { origin: Schema.String, problems: Schema.Array(Schema.String) },
  ) {
  /** Every problem, on one line each. */
  override get message(): string {
    return `Cannot use the settings from ${this.origin} as they break rules:\n  ${
      this.problems.join("\n  ")
    }`;
  }
}

/** A run asks for more clusters than it has images that can be read. */
export class TooManyClustersError
  extends Schema.TaggedError<TooManyClustersError>()("TooManyClustersError", {
    /** `--clusters`. */
    clusters: Schema.Int,
    /** Images of the run, `--limit` applied. */
    images: Schema.Int,
    /** How many of them cannot be read; 0 while that is not known. */
    unreadable: Schema.Int,
  }) {
  /** The rule, in the words of the command line, and both numbers. */
  override get message(): string {
    const images = `${this.images} ${this.images === 1 ? "image" : "images"}`;
    return `Cannot train as --clusters must be at most the number of images: ` +
      `--clusters ${this.clusters}, ${images}` +
      (this.unreadable === 0 ? "" : `, ${this.unreadable} of them unreadable`) +
      "; lower --clusters";
  }
}

/** A run cannot be resumed with fewer epochs than it has. */
export class ShorterRunError
  extends Schema.TaggedError<ShorterRunError>()("ShorterRunError", {
    run: Schema.String,
    /** `--epochs`, or the number in the run's `config.json`. */
    epochs: Schema.Int,
    /** Epochs that the run was to have, or has finished. */
    present: Schema.Int,
  }) {
  /** The rule and both numbers. */
  override get message(): string {
    return `Cannot resume ${this.run} as --epochs must be at least the run's ` +
      `own: --epochs ${this.epochs}, the run has ${this.present}`;
  }
}

/** A path is no model. */
export class NoModelError
  extends Schema.TaggedError<NoModelError>()("NoModelError", {
    /** What was asked for. */
    model: Schema.String,
    /** What is there. */
    found: Schema.String,
  }) {
  /** Names what was asked for, and what there may be. */
  override get message(): string {
    return "Cannot open a model as it must be a run folder, a model file " +
      "(safetensors, PyTorch or ONNX), random or pixels: current value is " +
      `model=${this.model} (${this.found})`;
  }
}

/** A run has no clusters that further images can be assigned to. */
export class NoClustersError
  extends Schema.TaggedError<NoClustersError>()("NoClustersError", {
    /** The run folder. */
    run: Schema.String,
    /** Epoch of the clustering that was asked for. Default: any. */
    epoch: Schema.optional(Schema.Number),
    /** What is wrong with each clustering that was looked at. */
    problems: Schema.Array(Schema.String),
  }) {
  /** Names the run, the rule and what was found. */
  override get message(): string {
    const ofEpoch = this.epoch === undefined ? "" : ` of epoch ${this.epoch}`;
    const found = this.problems.length === 0
      ? "it holds no clusters yet"
      : this.problems.join("; ");
    return `Cannot assign images to the clusters of ${this.run} as it must ` +
      `hold intact clusters${ofEpoch} and the checkpoint of the epoch before, ` +
      `whose features were clustered: ${found}`;
  }
}

/** A run has no checkpoint of the epoch asked for. */
export class NoCheckpointError
  extends Schema.TaggedError<NoCheckpointError>()("NoCheckpointError", {
    /** The run folder. */
    run: Schema.String,
    /** The epoch. Default: any. */
    epoch: Schema.optional(Schema.Number),
    /** Epochs whose ends are there. */
    present: Schema.Array(Schema.Number),
  }) {
  /** Names the run, the epoch and those that are there. */
  override get message(): string {
    const ofEpoch = this.epoch === undefined
      ? ""
      : ` of the end of epoch ${this.epoch}`;
    const there = this.present.length === 0 ? "none" : this.present.join(", ");
    return `Cannot evaluate ${this.run} as it must hold an intact checkpoint` +
      `${ofEpoch}: current value is epochs=${there}`;
  }
}

/** The list of excluded images is not that of the settings. */
export class ChangedListError
  extends Schema.TaggedError<ChangedListError>()("ChangedListError", {
    path: Schema.String,
    expected: Schema.String,
    found: Schema.String,
  }) {
  /** The list, the rule and the digests. */
  override get message(): string {
    return `Cannot exclude the images of ${this.path} as it must be the list ` +
      `that the settings name: expected sha256 ${this.expected}, found ` +
      this.found;
  }
}
