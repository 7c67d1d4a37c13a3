/**
 * The thread that searches and describes for the server. A run of the engine
 * blocks its thread; here nobody else is blocked.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { type Matrix, matrix, messageOf, Progress } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import {
  bestRegions,
  type Box,
  cropImage,
  type Described,
  type Descriptor,
  openIndexDescriptor,
  openSearcher,
  openSearchIndex,
  type RmacDescriptor,
  type Searcher,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { Cause, Effect, Exit, Layer, Queue, Scope } from "effect";
import { parentPort, workerData } from "node:worker_threads";
import { nearImagesIn, outliersIn } from "./review.ts";
import { stampOf } from "./snapshot.ts";
import type {
  CallName,
  SentAnswer,
  SentCall,
  SentDescriptor,
  SentImage,
  SentQuery,
  ThreadCalls,
  ThreadData,
} from "./thread_calls.ts";

const data = workerData as ThreadData;

/** The index, while it is open. */
interface Opened {
  readonly index: SearchIndex;
  readonly searcher: Searcher;
  readonly scope: Scope.Closeable;
}

/** The model of the index, while it is open. */
interface OpenedModel {
  /** The settings that it was opened by. */
  readonly settings: string;
  readonly descriptor: Descriptor;
  readonly scope: Scope.Closeable;
}

let opened: Opened | undefined;
let model: OpenedModel | undefined;

const isOpen = Effect.suspend(() =>
  opened === undefined
    ? Effect.die(new Error("the index is not open"))
    : Effect.succeed(opened)
);

/** Opens something in a scope of its own, which a failure closes. */
const inOwnScope = <A, E, R>(opening: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make();
    const value = yield* Scope.provide(opening, scope).pipe(
      Effect.onError(() => Scope.close(scope, Exit.void)),
    );
    return { value, scope };
  });

/** The descriptor of the index that is open. */
const descriptor = Effect.gen(function* () {
  const { index } = yield* isOpen;
  const settings = JSON.stringify(index.settings);
  if (model?.settings === settings) return model.descriptor;
  if (model !== undefined) yield* Scope.close(model.scope, Exit.void);
  model = undefined;
  const { value, scope } = yield* inOwnScope(openIndexDescriptor(index));
  model = { settings, descriptor: value, scope };
  return value;
});

const answers = {
  open: () =>
    Effect.gen(function* () {
      const { value, scope } = yield* inOwnScope(Effect.gen(function* () {
        const stamp = yield* stampOf(data.folder);
        const index = yield* openSearchIndex(data.folder);
        const { mode } = data;
        const searcher = yield* openSearcher(index, { ...mode && { mode } });
        return { stamp, index, searcher };
      }));
      if (opened !== undefined) yield* Scope.close(opened.scope, Exit.void);
      const { stamp, index, searcher } = value;
      opened = { index, searcher, scope };
      const { kind, recall } = searcher;
      return { stamp, kind, ...recall !== undefined && { recall } };
    }),
  descriptor: () =>
    Effect.map(
      descriptor,
      ({ batch, decodeOptions }) => ({ batch, decodeOptions }),
    ),
  describe: (images: readonly SentImage[]) =>
    Effect.gen(function* () {
      const own = yield* descriptor;
      const { describeBox } = own;
      const cut = yield* Effect.forEach(images, (image) =>
        image.box === undefined || describeBox !== undefined
          ? Effect.succeed(pixelsOf(image))
          : cropImage(pixelsOf(image), boxOf(image)!));
      // A box that the descriptor cuts itself is described alone.
      const plain = images.flatMap(({ box }, i) =>
        box === undefined || describeBox === undefined ? [i] : []
      );
      const together = yield* own.describe(plain.map((i) =>
        cut[i]!
      ));
      const described = new Map(
        plain.map((i, at) => [i, sentDescriptor(together, at)]),
      );
      return yield* Effect.forEach(images, (image, i) => {
        const known = described.get(i);
        return known !== undefined ? Effect.succeed(known) : Effect.map(
          describeBox!(cut[i]!, boxOf(image)!),
          (one) => sentDescriptor(one, 0),
        );
      });
    }),
  search: (
    { queries, top }: {
      readonly queries: readonly SentQuery[];
      readonly top: number;
    },
  ) =>
    Effect.gen(function* () {
      const { index, searcher } = yield* isOpen;
      const vectors = yield* vectorsOf(index, queries);
      const results = yield* searcher.search(vectors, top);
      return results.map((found) =>
        Float64Array.from(
          found.flatMap((
            { row, score, percentile },
          ) => [row, score, percentile]),
        ).buffer
      );
    }),
  regions: (
    { query, image }: { readonly query: SentImage; readonly image: SentImage },
  ) =>
    Effect.gen(function* () {
      const own = yield* descriptor;
      const region = (sent: SentImage) => {
        const box = boxOf(sent);
        return { image: pixelsOf(sent), ...box && { box } };
      };
      const { score, a, b } = yield* bestRegions(
        own as RmacDescriptor,
        region(query),
        region(image),
      );
      return { score, query: numbersOf(a), image: numbersOf(b) };
    }),
  duplicates: (request: ThreadCalls["duplicates"]["request"]) =>
    Effect.flatMap(
      isOpen,
      ({ index, searcher }) => nearImagesIn(index, searcher, request),
    ),
  outliers: () =>
    Effect.flatMap(
      isOpen,
      ({ index, searcher }) => outliersIn(index, searcher),
    ),
};

const pixelsOf = ({ width, height, data }: SentImage) => ({
  width,
  height,
  data: new Uint8Array(data),
});

const boxOf = ({ box }: SentImage): Box | undefined => {
  if (box === undefined) return undefined;
  const [x, y, width, height] = box;
  return { x, y, width, height };
};

const numbersOf = ({ x, y, width, height }: Box) =>
  [x, y, width, height] as const;

const sentDescriptor = (
  { vectors, clusters, distances }: Described,
  i: number,
): SentDescriptor => ({
  vector: Float32Array.from(
    vectors.data.subarray(i * vectors.columns, (i + 1) * vectors.columns),
  ).buffer,
  ...clusters && { cluster: clusters[i]! },
  ...distances && { distance: distances[i]! },
});

/** Reads the rows that are queries, and puts vectors beside them. */
const vectorsOf = Effect.fnUntraced(function* (
  { vectors }: SearchIndex,
  queries: readonly SentQuery[],
) {
  const all: Matrix = matrix(queries.length, vectors.columns);
  for (const [i, query] of queries.entries()) {
    const values = typeof query === "number"
      ? (yield* vectors.read(query, 1)).data
      : new Float32Array(query);
    all.data.set(values, i * vectors.columns);
  }
  return all;
});

/** Answers a call; its failures are said, and the thread goes on. */
const answer = (
  { call, name, request }: SentCall,
) =>
  Effect.suspend(() => {
    const respond = answers[name] as (
      request: unknown,
    ) => ReturnType<(typeof answers)[CallName]>;
    return respond(request) as Effect.Effect<unknown, ComputeError, never>;
  }).pipe(
    Effect.map((result): SentAnswer => ({ call, answer: result })),
    Effect.catchCause((cause) => {
      const error = Cause.squash(cause);
      const message = messageOf(error);
      const refused = error instanceof Error && "_tag" in error &&
        error._tag === "OptionError";
      return Effect.succeed<SentAnswer>({ call, refused, message });
    }),
  );

/** Every failure has a sentence. */
interface ComputeError {
  readonly message: string;
}

const transfersOf = (sent: SentAnswer): ArrayBuffer[] =>
  "answer" in sent && Array.isArray(sent.answer)
    ? sent.answer.filter((part) => part instanceof ArrayBuffer)
    : [];

const services = Layer.mergeAll(Assigner.layerBackend, Progress.layerSilent)
  .pipe(Layer.provideMerge(layerBackend(data.engine)));

// Deno loses messages that come before anybody listens, and gives none before
// the module is evaluated: hence at once, and no await below.
const calls = Effect.runSync(Queue.unbounded<SentCall>());
parentPort!.on("message", (call: SentCall) => {
  Queue.offerUnsafe(calls, call);
});

const program = Effect.forever(Effect.gen(function* () {
  const sent = yield* answer(yield* Queue.take(calls));
  parentPort!.postMessage(sent, transfersOf(sent));
}));

// A failure to open the engine is an error of the thread: its starter hears.
void Effect.runPromise(Effect.provide(program, services));
