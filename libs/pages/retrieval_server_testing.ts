/**
 * A server with the answers of the retrieval server for an index that is made
 * up: drawn shapes, whose likeness is that of their colours.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import type {
  ClusterRow,
  DuplicateList,
  ImageCard,
  IndexInfo,
  SearchResponse,
} from "./mod.ts";
import { contentSecurityPolicy, pageFiles, renderPage } from "./mod.ts";

/** Images of the made index. */
export const madeImages = 400;
const clusters = 20;
const sideOf = (id: number) => ({
  width: 120,
  height: id % 3 === 0 ? 80 : 120,
});
const clusterOf = (id: number) => Math.floor(Math.sqrt(id)) % clusters;

/** What a person said of clusters, as the server keeps it. */
interface Curation {
  name?: string;
  dismissed?: boolean;
  mergedInto?: number;
}

/** The running server. */
export interface MadeServer {
  /** Its address, without a slash at the end. */
  readonly address: string;
  /** What was asked for: method and path with query. */
  readonly requests: readonly string[];
  /** Holds back answers to searches until the function that it gives is called. */
  readonly holdSearches: () => () => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts the server.
 *
 * @param overrides Parts of `/api/index` that differ.
 * @returns The running server.
 */
export const madeServer = async (
  overrides: Partial<IndexInfo> = {},
): Promise<MadeServer> => {
  const curation = new Map<number, Curation>();
  const requests: string[] = [];
  let held: Promise<void> = Promise.resolve();
  const index: IndexInfo = { ...madeIndex, ...overrides };
  const card = (id: number): ImageCard => {
    const name = curation.get(clusterOf(id))?.name;
    return {
      id,
      name: `shape-${id}.svg`,
      path: `shapes/${id % 7}/shape-${id}.svg`,
      ...sideOf(id),
      cluster: clusterOf(id),
      ...name !== undefined && { clusterName: name },
      distance: (id % 17) / 17,
      copies: id % 50 === 0 ? 1 : 0,
      thumbnail: `/api/images/${id}/thumbnail`,
      original: `/api/images/${id}`,
    };
  };
  const membersOf = (cluster: number) =>
    ids.filter((id) => clusterOf(id) === cluster);
  const row = (cluster: number, members: number): ClusterRow => {
    const { name, dismissed = false, mergedInto } = curation.get(cluster) ?? {};
    return {
      cluster,
      ...name !== undefined && { name },
      ...mergedInto !== undefined && { mergedInto },
      dismissed,
      size: membersOf(cluster).length,
      tightness: 0.3 + cluster / 40,
      members: membersOf(cluster).slice(0, members).map(card),
    };
  };
  const clusterList = (query: URLSearchParams) => {
    const all = Array.from({ length: clusters }, (_, cluster) => cluster)
      .map((cluster) => row(cluster, 8))
      .filter(({ dismissed, mergedInto }) =>
        mergedInto === undefined &&
        (!dismissed || query.get("dismissed") === "true")
      )
      .sort((a, b) => b.size - a.size);
    const offset = Number(query.get("offset") ?? 0);
    return {
      total: all.length,
      dismissed: [...curation.values()].filter((c) => c.dismissed).length,
      clusters: all.slice(offset, offset + Number(query.get("limit") ?? 12)),
    };
  };
  const clusterDetail = (cluster: number, query: URLSearchParams) => {
    const members = membersOf(cluster);
    if (query.get("order") === "farthest") members.reverse();
    const offset = Number(query.get("offset") ?? 0);
    const limit = Number(query.get("limit") ?? 48);
    return {
      ...row(cluster, 0),
      merged: [...curation].filter(([, c]) => c.mergedInto === cluster)
        .map(([part]) => part),
      total: members.length,
      members: members.slice(offset, offset + limit).map(card),
      neighbours: [1, 2, 3].map((step) => (cluster + step) % clusters).map(
        (near, i) => ({ ...row(near, 3), distance: 0.5 + i / 10 }),
      ),
    };
  };
  const searchBy = (
    id: number | undefined,
    query: URLSearchParams,
  ): SearchResponse => {
    const box = query.get("box")?.split(",").map(Number);
    const hue = id === undefined ? 200 : hueOf(id);
    const start = box === undefined ? hue : hue + box[2]!;
    const scored = ids.filter((other) => other !== id)
      .map((other) => ({
        other,
        score: Math.cos((hueOf(other) - start) * Math.PI / 180),
      }))
      .sort((a, b) => b.score - a.score)
      .slice(0, Number(query.get("top") ?? 50));
    return {
      query: {
        ...id !== undefined && { image: card(id) },
        ...box !== undefined && { box: [box[0]!, box[1]!, box[2]!, box[3]!] },
        ...(id === undefined ? { width: 64, height: 64 } : sideOf(id)),
        cluster: 3,
        clusterDistance: 0.4,
        unusual: 0.25,
      },
      search: index.search,
      results: scored.map(({ other, score }, i) => ({
        rank: i + 1,
        score,
        percentile: Math.max(0, (1 + score) / 2),
        image: card(other),
        copies: other % 50 === 0 ? [card(other + 1)] : [],
        ...index.run !== undefined && {
          history: { since: i % 4 === 0 ? null : i % 9, epochs: i % 5, of: 5 },
        },
      })),
    };
  };
  const duplicates = (query: URLSearchParams): DuplicateList => {
    const near = query.get("kind") === "near";
    const total = near
      ? Math.round(20 * (1 - Number(query.get("percentile"))) * 100)
      : query.get("kind") === "pixels"
      ? 0
      : 3;
    return {
      total,
      ...near && { level: 0.97 },
      groups: Array.from({ length: Math.min(total, 24) }, (_, i) => ({
        kind: near ? "near" : "bytes",
        keep: 10 * i + 1,
        why: "it has the most pixels",
        ...near && { score: 0.98 },
        members: [10 * i, 10 * i + 1, 10 * i + 2].map(card),
      })),
    };
  };

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { pathname, searchParams: query } = new URL(
      request.url ?? "",
      "http://localhost",
    );
    const [, number] = /^\/api\/\w+\/(\d+)/.exec(pathname) ?? [];
    if (pathname === "/api/index") return index;
    if (pathname === "/api/clusters") return clusterList(query);
    if (pathname === "/api/images") {
      return { total: madeImages, images: ids.slice(0, 96).map(card) };
    }
    if (pathname.startsWith("/api/clusters/")) {
      const cluster = Number(number);
      if (!(cluster < clusters)) {
        return problem(404, `There is no cluster ${number}.`);
      }
      if (request.method === "PATCH") {
        const { name, mergedInto, ...change } = JSON.parse(
          new TextDecoder().decode(await bodyOf(request)),
        );
        const before = curation.get(cluster) ?? {};
        const { name: oldName, mergedInto: oldTarget, ...rest } = before;
        const newName = name === undefined ? oldName : name ?? undefined;
        const target = mergedInto === undefined
          ? oldTarget
          : mergedInto ?? undefined;
        curation.set(cluster, {
          ...rest,
          ...change,
          ...newName !== undefined && { name: newName },
          ...target !== undefined && { mergedInto: target },
        });
      }
      return clusterDetail(cluster, query);
    }
    if (pathname === "/api/search") {
      const body = request.method === "POST"
        ? await bodyOf(request)
        : undefined;
      await held;
      if (body !== undefined && body.length < 20) {
        return problem(
          422,
          "Cannot read the picture as its bytes are no known image format.",
        );
      }
      return searchBy(
        body === undefined ? Number(query.get("image")) : undefined,
        query,
      );
    }
    if (pathname === "/api/regions") {
      return { score: 0.81, query: [10, 10, 40, 40], image: [30, 20, 50, 50] };
    }
    if (pathname === "/api/duplicates") return duplicates(query);
    if (pathname === "/api/outliers") {
      return {
        total: 60,
        outliers: ids.slice(0, 48).map((id, i) => ({
          image: card(id),
          unusual: 1 - i / 60,
          centroidDistance: 1.2 - i / 100,
          neighbourDistance: 0.9 - i / 100,
        })),
      };
    }
    return problem(404, `There is nothing at ${pathname}.`);
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    requests.push(`${request.method} ${request.url}`);
    const file = pageFiles.get(pathname);
    const [, image] = /^\/api\/images\/(\d+)(\/thumbnail)?$/.exec(pathname) ??
      [];
    if (file !== undefined) {
      response.setHeader("content-type", file.type);
      response.end(await readFile(file.file));
    } else if (image !== undefined) {
      response.setHeader("content-type", "image/svg+xml");
      response.setHeader("cache-control", "max-age=3600");
      response.end(drawing(Number(image)));
    } else if (pathname.startsWith("/api/")) {
      const body = await answer(request);
      if (body instanceof Problem) {
        response.statusCode = body.status;
        response.setHeader("content-type", "application/problem+json");
        response.end(JSON.stringify({ ...body }));
      } else {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(body));
      }
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-security-policy", contentSecurityPolicy);
      response.end(
        renderPage(
          pathname,
          index,
          pathname === "/"
            ? { index, clusters: clusterList(new URLSearchParams()) }
            : undefined,
        ),
      );
    }
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    holdSearches: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    close: () => closed(server),
  };
};

const ids = Array.from({ length: madeImages }, (_, id) => id);
const hueOf = (id: number) => (id * 37) % 360;

const madeIndex: IndexInfo = {
  name: "shapes",
  model: "runs/shapes",
  layer: "features",
  images: madeImages,
  vectors: madeImages - 4,
  skipped: 2,
  clusters,
  search: { kind: "approximate", recall: 0.9967 },
  run: {
    folder: "runs/shapes",
    weightsEpoch: 4,
    clustersEpoch: 5,
    watch: "deno task watch runs/shapes",
  },
  rmac: true,
};

/** Shapes of a colour of their own, on white. */
const drawing = (id: number): string => {
  const { width, height } = sideOf(id);
  const fill = `hsl(${hueOf(id)} 60% 55%)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" ` +
    `height="${height}"><rect width="100%" height="100%" fill="#fff"/>` +
    (clusterOf(id) % 2 === 0
      ? `<circle cx="50%" cy="50%" r="${25 + id % 15}" fill="${fill}"/>`
      : `<rect x="20%" y="20%" width="60%" height="60%" fill="${fill}"/>`) +
    `</svg>`;
};

class Problem {
  constructor(readonly status: number, readonly detail: string) {}
}

const problem = (status: number, detail: string) => new Problem(status, detail);

const bodyOf = async (request: IncomingMessage): Promise<Uint8Array> =>
  new Uint8Array(
    await new Response(ReadableStream.from(request)).arrayBuffer(),
  );

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
