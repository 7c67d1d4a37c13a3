/**
 * The keys of the page: arrows walk over the pictures, `/` goes to the picture
 * chooser, Esc goes back to the first screen's top.
 *
 * @module
 */

/** Starts to listen. */
export const listenForKeys = () => {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { target, key } = event;
    if (!(target instanceof Element)) return;
    if (target.matches("input:not([type=file]), textarea, select")) return;
    if (key === "/") {
      event.preventDefault();
      focus("#picture");
    } else if (key === "Escape" && target.matches(".tile, #picture")) {
      focus("h1");
    } else if (target.matches(".tile") && !event.shiftKey) {
      const next = neighbour(target, key);
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  });
};

/** @param {string} selector */
const focus = (selector) => {
  const element = document.querySelector(selector);
  if (element instanceof HTMLElement) element.focus();
};

/**
 * The picture that a key leads to: the one before or after, or the nearest one
 * of the line above or below.
 *
 * @param {Element} from
 * @param {string} key
 * @returns {HTMLElement | undefined}
 */
const neighbour = (from, key) => {
  /** @type {HTMLElement[]} */
  const tiles = [...document.querySelectorAll(".tile")].filter((tile) =>
    tile instanceof HTMLElement
  );
  const place = tiles.findIndex((tile) => tile === from);
  if (key === "ArrowLeft") return tiles[place - 1];
  if (key === "ArrowRight") return tiles[place + 1];
  if (key === "Home") return tiles[0];
  if (key === "End") return tiles.at(-1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const down = key === "ArrowDown";
  const here = from.getBoundingClientRect();
  const others = (down ? tiles.slice(place + 1) : tiles.slice(0, place))
    .map((tile) => ({ tile, area: tile.getBoundingClientRect() }))
    .filter(({ area }) =>
      down ? area.top >= here.bottom : area.bottom <= here.top
    );
  const line = down
    ? Math.min(...others.map(({ area }) => area.top))
    : Math.max(...others.map(({ area }) => area.top));
  return others
    .filter(({ area }) => Math.abs(area.top - line) < 2)
    .sort((a, b) =>
      Math.abs(a.area.left - here.left) - Math.abs(b.area.left - here.left)
    )[0]?.tile;
};
