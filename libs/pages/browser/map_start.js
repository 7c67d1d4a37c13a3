/**
 * Shows the map of a page, whose data the page holds: the element `map-data`
 * has the JSON, the element `map-place` is the place.
 *
 * @module
 */
import { mountMap } from "./map.js";

const place = document.getElementById("map-place");
const json = document.getElementById("map-data")?.textContent;
if (place !== null && json) mountMap(place, JSON.parse(json));
