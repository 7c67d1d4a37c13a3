/**
 * The page: shows the view of the address, and opens others without loading the
 * page anew.
 *
 * A view is shown once its data are there, so that nothing flickers; when they
 * take long, it says what it waits for. Opening another one meanwhile aborts
 * what is under way. Views are kept by their step
 * in the history, so that going back is at once and finds the same place.
 *
 * @module
 */
import { ApiError, getIndex } from "./api.js";
import { clusterView } from "./cluster_view.js";
import { clustersView } from "./clusters_view.js";
import { duplicatesView } from "./duplicates_view.js";
import {
  header,
  takesPictures,
  waitingScreen,
  waitingWords,
} from "./first_screen.js";
import { listenForKeys } from "./keys.js";
import { html, nothing, render } from "./lit-html.js";
import { outliersView } from "./outliers_view.js";
import { searchAddress } from "./address.js";
import { searchView } from "./search_view.js";
import { findUpload, keepUpload, listenForPictures } from "./uploads.js";
import { failure } from "./view.js";
/** @import { FirstScreen, IndexInfo } from "../api_types.ts" */
/** @import { GoOptions, Page, View } from "./view.js" */

/**
 * A step of the history.
 *
 * @typedef {{ readonly key: string, readonly upload?: string, readonly scroll?: number }} Step
 */

/** After this time without its data a view says what it waits for. */
const patienceMs = 800;

/** How many views are kept to go back to. */
const maxViews = 30;

const element = (
  /** @type {string} */ id,
) => /** @type {HTMLElement} */ (document.getElementById(id));

/** What the server sent along, once. */
const firstScreen = () => {
  const text = element("first-screen").textContent ?? "";
  return text === ""
    ? undefined
    : /** @type {FirstScreen} */ (JSON.parse(text));
};

let first = firstScreen();
/** @type {Map<string, View>} */
const views = new Map();
/** @type {View | undefined} */
let shown;
let loading = new AbortController();
let messages = 0;

/** @type {Page & { index: IndexInfo }} */
const page = {
  index: /** @type {IndexInfo} */ (/** @type {unknown} */ (first?.index)),
  update: () => {
    if (shown === undefined) return;
    const main = element("view");
    clearServerMarkup(main);
    render(shown.template(), main);
  },
  go: (address, options = {}) => {
    rememberScroll();
    history.pushState(newStep(options), "", address);
    open(options);
  },
  rename: (address) => history.replaceState(history.state, "", address),
  say: (message, undo) => showMessage(message, undo),
  forget: () => {
    views.clear();
    if (shown !== undefined) views.set(history.state.key, shown);
  },
  show: (content) => {
    const dialog = element("dialog");
    if (!(dialog instanceof HTMLDialogElement)) return;
    render(content, dialog);
    dialog.showModal();
  },
  attempt: async (work) => {
    const view = shown;
    try {
      await work();
    } catch (cause) {
      if (view === shown) showMessage(inWords(cause), undefined, true);
    }
    if (view === shown) page.update();
  },
};

/**
 * @param {GoOptions} options
 * @returns {Step}
 */
const newStep = ({ upload }) => ({
  key: crypto.randomUUID(),
  ...upload !== undefined && { upload },
});

const rememberScroll = () =>
  history.replaceState({ ...history.state, scroll: scrollY }, "");

/** Opens the view of the address. */
const open = async (/** @type {GoOptions} */ { stay = false } = {}) => {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  /** @type {Step} */
  const { key, upload, scroll } = history.state;
  document.documentElement.classList.add("loading");
  element("view").setAttribute("aria-busy", "true");
  let view = views.get(key);
  try {
    page.index ??= await getIndex(signal);
    if (view === undefined) {
      view = makeView(upload);
      const waiting = setTimeout(() => {
        if (!signal.aborted && !stay) showWaiting();
      }, patienceMs);
      await view.load(signal).finally(() => clearTimeout(waiting));
      keepView(key, view);
    }
  } catch (cause) {
    if (signal.aborted) return;
    view = failedView(inWords(cause));
  }
  if (signal.aborted) return;
  shown = view;
  document.documentElement.classList.remove("loading");
  element("view").setAttribute("aria-busy", "false");
  if (!stay) hideMessage();
  drawHeader();
  page.update();
  document.title = `${view.title()} · ${page.index?.name ?? "images"}`;
  element("status").textContent = view.status();
  if (stay) return;
  const heading = document.querySelector("#view h1");
  if (isOpened && heading instanceof HTMLElement) {
    heading.focus({ preventScroll: true });
  }
  isOpened = true;
  scrollTo(0, scroll ?? 0);
};

const showWaiting = () => {
  const { index } = page;
  const { pathname } = location;
  const words = waitingWords(index, pathname);
  shown = {
    title: () => words,
    load: () => Promise.resolve(),
    template: () => waitingScreen(index, pathname),
    status: () => words,
  };
  drawHeader();
  page.update();
  element("status").textContent = words;
};

/** Whether a view was shown before: the first one leaves the focus alone. */
let isOpened = false;

/**
 * @param {string | undefined} upload
 * @returns {View}
 */
const makeView = (upload) => {
  const { pathname, searchParams } = new URL(location.href);
  const [, cluster] = /^\/cluster\/(\d+)$/.exec(pathname) ?? [];
  if (cluster !== undefined) {
    return clusterView(page, Number(cluster), searchParams);
  }
  if (pathname === "/search") {
    return searchView(page, searchParams, findUpload(upload));
  }
  if (pathname === "/duplicates") return duplicatesView(page, searchParams);
  if (pathname === "/outliers") return outliersView(page);
  const rows = searchParams.has("dismissed") ? undefined : first?.clusters;
  first = undefined;
  return clustersView(page, searchParams, rows);
};

/**
 * @param {string} message
 * @returns {View}
 */
const failedView = (message) => ({
  title: () => "Problem",
  load: () => Promise.resolve(),
  template: () => failure(message),
  status: () => message,
});

const keepView = (/** @type {string} */ key, /** @type {View} */ view) => {
  views.set(key, view);
  const [oldest] = views.keys();
  if (views.size > maxViews && oldest !== undefined) views.delete(oldest);
};

const inWords = (/** @type {unknown} */ cause) => {
  if (cause instanceof ApiError) return cause.message;
  // A fault of the page itself belongs in the console as well.
  console.error(cause);
  return `The page has a fault: ${
    cause instanceof Error ? cause.message : cause
  }`;
};

const drawHeader = () => {
  const bar = element("bar");
  clearServerMarkup(bar);
  if (page.index !== undefined) {
    render(header(page.index, location.pathname), bar);
  }
};

/** lit-html draws beside what is there, so the server's rows go once. */
const clearServerMarkup = (/** @type {HTMLElement} */ parent) => {
  if (parent.dataset.drawn === undefined) parent.replaceChildren();
  parent.dataset.drawn = "";
};

/**
 * @param {string} message
 * @param {() => Promise<void>} [undo]
 * @param {boolean} [problem]
 */
const showMessage = (message, undo, problem = false) => {
  const number = ++messages;
  const takeBack = () =>
    page.attempt(async () => {
      await undo?.();
      if (messages === number) showMessage("Undone.");
    });
  render(
    html`
      <p
        class=${problem ? "problem" : ""}>${message} ${undo === undefined
          ? nothing
          : html`<button type="button" @click=${takeBack}>Undo</button>`} <button type="button" aria-label="Close this message"
            @click=${hideMessage}>Close</button></p>
    `,
    element("message"),
  );
};

const hideMessage = () => render(nothing, element("message"));

/** Links of the page open views. */
const listenForLinks = () =>
  addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
      return;
    }
    const link = event.target instanceof Element &&
      event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement)) return;
    const { origin, pathname, hash } = new URL(link.href);
    if (hash !== "") {
      event.preventDefault();
      return element(hash.slice(1)).focus();
    }
    const opens = origin === location.origin &&
      !pathname.startsWith("/api/") && link.target === "" &&
      !link.hasAttribute("download");
    if (!opens) return;
    event.preventDefault();
    page.go(link.href);
  });

/** The button for more presses itself when it comes into view. */
const listenForMore = () => {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && target instanceof HTMLElement) target.click();
    }
  }, { rootMargin: "600px" });
  new MutationObserver(() => {
    seen.disconnect();
    const button = document.querySelector("[data-more]:not([disabled])");
    if (button !== null) seen.observe(button);
  }).observe(element("view"), {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled"],
  });
};

const start = () => {
  history.scrollRestoration = "manual";
  if (history.state?.key === undefined) history.replaceState(newStep({}), "");
  listenForLinks();
  listenForKeys();
  listenForMore();
  listenForPictures(
    (file) => {
      if (page.index !== undefined && !takesPictures(page.index)) {
        return showMessage(
          "This index is of given vectors: only its own images can be searched by.",
          undefined,
          true,
        );
      }
      page.go(searchAddress({ upload: file.name }), {
        upload: keepUpload(file).key,
      });
    },
    (message) => showMessage(message, undefined, true),
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saving;
  addEventListener("popstate", () => {
    clearTimeout(saving);
    open();
  });
  addEventListener("scroll", () => {
    clearTimeout(saving);
    saving = setTimeout(rememberScroll, 200);
  }, { passive: true });
  open();
};

start();
