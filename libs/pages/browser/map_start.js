/**
 * Shows the map of a page, whose data the page holds: the element `map-data`
 * has the JSON, the element `map-place` is the place. It begins when the place
 * comes near what is seen, so that a page with a large map opens quickly.
 *
 * @module
 */
import { mountMap } from "./map.js";

const place = document.getElementById("map-place");
const json = document.getElementById("map-data")?.textContent;
if (place !== null && json) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    near.disconnect();
    mountMap(place, JSON.parse(json));
  }, { rootMargin: "100%" });
  near.observe(place);
}
