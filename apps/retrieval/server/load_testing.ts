/**
 * Clients that search a running server for a while, and how long they waited:
 * `deno run -A apps/retrieval/server/load_testing.ts ADDRESS [SECONDS] [CLIENTS]`.
 *
 * Every client asks for the images similar to one that is shown, waits for the
 * answer and asks again. Ends with 1 when an answer is wrong or missing.
 *
 * @module
 */
import process from "node:process";

const [address = "http://127.0.0.1:8321", seconds = "60", clients = "100"] =
  process.argv.slice(2);

const shown: { images: { id: number }[] } = await (await fetch(
  `${address}/api/images?limit=1000`,
)).json();
const ids = shown.images.map(({ id }) => id);

const waitedMs: number[] = [];
let [asked, wrong] = [0, 0];
const end = performance.now() + 1000 * Number(seconds);

const client = async (first: number) => {
  for (let i = first; performance.now() < end; i += 101) {
    const id = ids[i % ids.length]!;
    const start = performance.now();
    asked++;
    const answer = await fetch(`${address}/api/search?image=${id}&top=50`)
      .then((response) => response.json()).catch(() => undefined);
    if (answer?.query?.image?.id === id && answer.results.length > 0) {
      waitedMs.push(performance.now() - start);
    } else wrong++;
  }
};

await Promise.all(Array.from({ length: Number(clients) }, (_, i) => client(i)));
waitedMs.sort((a, b) => a - b);
const at = (fraction: number) =>
  Math.round(waitedMs[Math.floor(fraction * (waitedMs.length - 1))] ?? NaN);
console.log(JSON.stringify({
  clients: Number(clients),
  seconds: Number(seconds),
  asked,
  answered: waitedMs.length,
  wrong,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
}));
process.exitCode = wrong === 0 ? 0 : 1;
