/**
 * A server on this machine alone.
 *
 * @module
 */
import { codeOf, messageOf } from "@deepcluster/core";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import { Effect, Layer, Schema, type Scope } from "effect";
import { HttpRouter, HttpServer } from "effect/http";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

/** The port cannot be listened at. */
export class PortError extends Schema.TaggedError<PortError>()("PortError", {
  /** The port. */
  port: Schema.Int,
  /** Why not. */
  found: Schema.String,
}) {
  /** The port, and what to do. */
  override get message(): string {
    return `Cannot serve as --port must be free: current value is --port ` +
      `${this.port} (${this.found}); name another, or 0 for any`;
  }
}

/** What routes may require: what Effect's server for Node provides. */
export type ServerServices =
  | HttpRouter.HttpRouter
  | HttpRouter.Request<"Error", { readonly message: string }>
  | Layer.Success<ReturnType<typeof NodeHttpServer.layer>>;

/** Answers under way may take this long when the server ends. */
const shutdownMs = 500;

/**
 * Listens on loopback while the scope lasts.
 *
 * @param routes What is answered.
 * @param port Port; 0 for any that is free.
 * @returns The address of the server, which answers by now, such as
 * `http://127.0.0.1:8321`; or `PortError`.
 */
export const listenOnLoopback: (
  routes: Layer.Layer<never, never, ServerServices>,
  port: number,
) => Effect.Effect<string, PortError, Scope.Scope> = Effect.fn(
  "listenOnLoopback",
)(function* (routes, port) {
  const node = createServer();
  node.on("request", (_request, response) => uncheckedLength(response));
  const answerEarly = holdEarly(node);
  const context = yield* HttpRouter.serve(routes, {
    disableLogger: true,
    disableListenLog: true,
  }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(() => node, {
      port,
      host: "127.0.0.1",
      gracefulShutdownTimeout: shutdownMs,
    })),
    Layer.build,
    Effect.mapError((error) => new PortError({ port, found: foundIn(error) })),
  );
  answerEarly();
  // Connections that are kept alive would hold the server.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      setTimeout(() => node.closeAllConnections(), shutdownMs).unref();
    })
  );
  const { address } = yield* Effect.provide(HttpServer.HttpServer, context);
  return HttpServer.formatAddress(address);
});

/**
 * Holds requests that come once the port is open but before anything answers
 * them, which would never be answered; returns what passes them on.
 */
const holdEarly = (node: Server): () => void => {
  const early: [IncomingMessage, ServerResponse][] = [];
  const hold = (request: IncomingMessage, response: ServerResponse) => {
    const isLast = node.listeners("request").at(-1) === hold;
    if (isLast) early.push([request, response]);
  };
  node.on("request", hold);
  return () => {
    node.off("request", hold);
    for (const [request, response] of early) {
      node.emit("request", request, response);
    }
  };
};

const foundIn = ({ cause }: { readonly cause: unknown }): string => {
  const code = codeOf(cause);
  return code === "EADDRINUSE"
    ? "another program listens there"
    : code === "EACCES"
    ? "this user may not listen there"
    : messageOf(cause);
};

/**
 * Keeps Node from checking lengths: Node 22.13 compares the length of a body,
 * a number, with its header, a text, and cuts every answer off. Effect asks for
 * the check and gives lengths of its own making.
 */
const uncheckedLength = (response: ServerResponse): void => {
  Object.defineProperty(response, "strictContentLength", {
    configurable: true,
    get: () => false,
    set: () => {},
  });
};
