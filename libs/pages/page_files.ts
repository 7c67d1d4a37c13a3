/**
 * The files of the pages, by the addresses they are served at. What is not
 * listed is not served.
 *
 * @module
 */

/** A file of the pages. */
export interface PageFile {
  /** Where it lies, as a `file:` address. */
  readonly file: URL;
  /** Its content type. */
  readonly type: string;
}

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

/** The entry for browsers; servers have one of their own in `node/`. */
const litHtml = new URL(
  import.meta.resolve("lit-html").replace(/node\/(?=lit-html\.js$)/, ""),
);

/** All files by path of their address, for example `/page/app.js`. */
export const pageFiles: ReadonlyMap<string, PageFile> = new Map([
  ...[
    new URL("./browser/address.js", import.meta.url),
    new URL("./browser/api.js", import.meta.url),
    new URL("./browser/app.js", import.meta.url),
    new URL("./browser/box.js", import.meta.url),
    new URL("./browser/box_stage.js", import.meta.url),
    new URL("./browser/charts.js", import.meta.url),
    new URL("./browser/cluster_view.js", import.meta.url),
    new URL("./browser/clusters_view.js", import.meta.url),
    new URL("./browser/curation.js", import.meta.url),
    new URL("./browser/duplicates_view.js", import.meta.url),
    new URL("./browser/first_screen.js", import.meta.url),
    new URL("./browser/keys.js", import.meta.url),
    new URL("./browser/long_list.js", import.meta.url),
    new URL("./browser/map.js", import.meta.url),
    new URL("./browser/map_actions.js", import.meta.url),
    new URL("./browser/map_camera.js", import.meta.url),
    new URL("./browser/map_canvas.js", import.meta.url),
    new URL("./browser/map_colours.js", import.meta.url),
    new URL("./browser/map_data.js", import.meta.url),
    new URL("./browser/map_detail.js", import.meta.url),
    new URL("./browser/map_details.js", import.meta.url),
    new URL("./browser/map_frame.js", import.meta.url),
    new URL("./browser/map_gestures.js", import.meta.url),
    new URL("./browser/map_keys.js", import.meta.url),
    new URL("./browser/map_legend.js", import.meta.url),
    new URL("./browser/map_lists.js", import.meta.url),
    new URL("./browser/map_overlay.js", import.meta.url),
    new URL("./browser/map_paint.js", import.meta.url),
    new URL("./browser/map_points.js", import.meta.url),
    new URL("./browser/map_selection.js", import.meta.url),
    new URL("./browser/map_sprites.js", import.meta.url),
    new URL("./browser/map_stage.js", import.meta.url),
    new URL("./browser/map_start.js", import.meta.url),
    new URL("./browser/map_tip.js", import.meta.url),
    new URL("./browser/map_tools.js", import.meta.url),
    new URL("./browser/map_view.js", import.meta.url),
    new URL("./browser/map_webgl.js", import.meta.url),
    new URL("./browser/map_words.js", import.meta.url),
    new URL("./browser/morph.js", import.meta.url),
    new URL("./browser/outliers_view.js", import.meta.url),
    new URL("./browser/picture.js", import.meta.url),
    new URL("./browser/results.js", import.meta.url),
    new URL("./browser/search_view.js", import.meta.url),
    new URL("./browser/tiles.js", import.meta.url),
    new URL("./browser/uploads.js", import.meta.url),
    new URL("./browser/view.js", import.meta.url),
    new URL("./browser/watch.js", import.meta.url),
    new URL("./browser/words.js", import.meta.url),
  ].map((file) => [addressOf(file), { file, type: script }] as const),
  ["/page/lit-html.js", { file: litHtml, type: script }],
  ...[
    new URL("./browser/theme.css", import.meta.url),
    new URL("./browser/style.css", import.meta.url),
    new URL("./browser/document.css", import.meta.url),
    new URL("./browser/watch.css", import.meta.url),
    new URL("./browser/map.css", import.meta.url),
  ].map((file) => [addressOf(file), { file, type: style }] as const),
  ["/page/icon.svg", {
    file: new URL("./browser/icon.svg", import.meta.url),
    type: "image/svg+xml",
  }],
]);

function addressOf(file: URL): string {
  return `/page/${file.pathname.slice(file.pathname.lastIndexOf("/") + 1)}`;
}
