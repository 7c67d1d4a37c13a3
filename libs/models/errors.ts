/**
 * What can go wrong when a network is described or asked for a layer.
 *
 * @module
 */
import { Schema } from "effect";

/** The images are so small that a layer's window no longer fits. */
export class ImageTooSmallError
  extends Schema.TaggedError<ImageTooSmallError>()("ImageTooSmallError", {
    /** Name of the network. */
    network: Schema.String,
    /** Side of the images, in pixels. */
    size: Schema.Number,
    /** Smallest side that this network can see, in pixels. */
    minimum: Schema.Number,
  }) {
  /** The option that is too small. */
  readonly option = "size";

  /** Names the network and the smallest size. */
  override get message(): string {
    return `Cannot build ${this.network} as size must be >= ${this.minimum}: ` +
      `current value is size=${this.size}`;
  }
}

/** An option of a network breaks its rule. */
export class NetworkOptionError
  extends Schema.TaggedError<NetworkOptionError>()("NetworkOptionError", {
    /** Name of the network. */
    network: Schema.String,
    /** Name of the option. */
    option: Schema.String,
    /** What must hold and does not. */
    rule: Schema.String,
    /** The present value, rendered. */
    value: Schema.String,
  }) {
  /** Names the network, the option, its rule and its value. */
  override get message(): string {
    return `Cannot build ${this.network} as ${this.option} must be ${this.rule}: ` +
      `current value is ${this.option}=${this.value}`;
  }
}

/** A network has no layer of that name. */
export class UnknownLayerError
  extends Schema.TaggedError<UnknownLayerError>()("UnknownLayerError", {
    /** Name of the network. */
    network: Schema.String,
    /** The unknown name. */
    layer: Schema.String,
    /** The names that exist. */
    known: Schema.Array(Schema.String),
  }) {
  /** Names the network, the layer, and the layers that exist. */
  override get message(): string {
    return `Cannot read a layer of ${this.network} as it must be one of ` +
      `${this.known.join(", ")}: current value is layer=${this.layer}`;
  }
}

/** What building a network can fail with. */
export type NetworkError = ImageTooSmallError | NetworkOptionError;
