/**
 * The page of a run that goes on: asks its server every second what has
 * changed, and shows it in place.
 *
 * Each question stands for itself and names what the page has, so nothing is
 * lost when the server or the network is away, or the computer sleeps.
 *
 * @module
 */
import { morph } from "./morph.js";

/** How often the server is asked, and how often while nobody looks. */
const everyMs = 1000;
const hiddenEveryMs = 5000;

/** After this time without an answer it is asked again. */
const patienceMs = 10_000;

const element = (
  /** @type {string} */ id,
) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let isAsking = false;
/** @type {{ destroy: () => void } | undefined} */
let map;
let milestone = document.body.dataset.milestone ?? "";

/** Asks what has changed, shows it, and comes again. */
const ask = async () => {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(waiting);
  try {
    show(await changes());
    say("connection", "");
  } catch {
    say("connection", "Connection lost, trying again.");
  }
  isAsking = false;
  waiting = setTimeout(ask, document.hidden ? hiddenEveryMs : everyMs);
};

const parts = () => /** @type {HTMLElement[]} */ ([
  ...document.querySelectorAll("[data-part]"),
]);

/**
 * What the page does not have yet.
 *
 * @returns {Promise<{ title: string, milestone: string, version: string, parts: { id: string, digest: string, html: string }[] }>}
 */
const changes = async () => {
  const have = parts().map(({ dataset }) => dataset.part).join(".");
  const response = await fetch(`/api/changes?have=${have}`, {
    signal: AbortSignal.timeout(patienceMs),
    cache: "no-store",
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.json();
};

/** @param {Awaited<ReturnType<typeof changes>>} changed */
const show = (changed) => {
  // Another version of the program has other modules and styles.
  if (changed.version !== document.body.dataset.version) location.reload();
  document.title = changed.title;
  for (const { id, digest, html } of changed.parts) {
    if (id === "map") leaveMap();
    const template = document.createElement("template");
    template.innerHTML = html;
    const part = element(`part-${id}`);
    morph(part, template.content);
    part.dataset.part = digest;
    if (id === "map") showMap();
  }
  if (changed.milestone !== milestone) say("milestone", changed.milestone);
  milestone = changed.milestone;
};

const leaveMap = () => {
  map?.destroy();
  map = undefined;
};

/** Puts the view of the map in place of its picture, which is there before. */
const showMap = async () => {
  const holder = /** @type {HTMLElement | null} */ (
    document.querySelector("[data-map]")
  );
  const place = document.getElementById("map-place");
  if (holder === null || place === null) return;
  const digest = holder.dataset.map;
  const { mountMap } = await import("./map.js");
  const response = await fetch(`/api/map/${digest}`);
  // A newer one has come meanwhile.
  if (!response.ok || holder.dataset.map !== digest) return;
  const data = await response.json();
  if (holder.dataset.map === digest && map === undefined) {
    map = mountMap(place, data);
  }
};

/**
 * Says something to who looks, and politely to who listens.
 *
 * @param {string} id
 * @param {string} text
 */
const say = (id, text) => {
  if (element(id).textContent !== text) element(id).textContent = text;
};

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
showMap();
ask();
