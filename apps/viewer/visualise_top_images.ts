/**
 * `visualise top-images MODEL IMAGES --out DIR`: the images that activate each
 * of some filters most, and where.
 *
 * Paper: section 4.2, figure 6.
 *
 * @module
 */
import { layerTypedEngine } from "@deepcluster/runs";
import { fromHere, shown } from "@deepcluster/terminal";
import {
  inputSquare,
  type TopImages,
  topImages,
  topImagesPicture,
} from "@deepcluster/visualisation";
import { Console, Effect, Option } from "effect";
import { basename } from "node:path";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import { requirePictureSize } from "./picture_limit.ts";
import { filtersOf, layersOf } from "./visualise_choice.ts";
import { openNetwork } from "./visualise_network.ts";
import { openTypedImages } from "./visualise_images.ts";
import type { Values } from "./visualise_top_images_flags.ts";

const action = "find the most activating images";

/** Does what `top-images` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ model: typed, out, which, ...values }: Values) {
    yield* requireNew(out);
    const { weights, seed, json, source, tile } = values;
    const model = yield* openNetwork(typed, weights, seed, action);
    const all = yield* layersOf(model.network, values.layers, action);
    const layers = Option.isSome(values.layers) ? all : all.slice(-1);
    const jobs = yield* Effect.forEach(layers, (layer) =>
      Effect.map(
        filtersOf(layer, which, seed, action),
        (filters) => ({ layer, filters }),
      ));
    for (const { filters } of jobs) {
      yield* requirePictureSize(action, `--tile ${tile}`, {
        // Nine images of each filter, and a region of each.
        count: 18 * filters.length,
        side: tile,
      });
    }
    const images = yield* openTypedImages(values.images, source, model);
    const square = inputSquare(model);
    const found: TopImages[] = [];
    const figures = [];
    for (const { layer, filters } of jobs) {
      const top = yield* topImages(model, images, {
        layer: layer.path,
        filters,
        folder: images.folder,
        batch: source.batch,
        data: { name: values.images },
      });
      found.push(top);
      const numbers = filters.join(", ");
      figures.push({
        name: layer.name,
        picture: yield* topImagesPicture(
          top,
          (index) => Effect.map(images.decoded(index), square),
          { tile },
        ),
        title: layer.name,
        caption: `Block by block: filters ${numbers}. In each the images on ` +
          `the left, the parts of them on the right; the most activating ` +
          `image first. A part is at most ${top.fieldSize} pixels wide.`,
        alt: `The nine images that activate filters ${numbers} of ` +
          `${layer.name} most, and what of them activates it most.`,
      });
    }
    const record = {
      model: { name: model.name, identity: model.identity },
      images: images.size,
      unreadable: images.unreadable,
      layers: found.map(({ layer, side, filters }) => ({
        layer: layer.name,
        path: layer.path,
        side,
        filters: filters.map(({ filter, top }) => ({
          filter,
          top: top.map(({ index, ...image }) => ({
            path: images.id(index),
            ...image,
          })),
        })),
      })),
    };
    const { publish } = yield* pictureFolder(out);
    const folder = yield* publish({
      title: `Most activating images of ${model.name}`,
      text: [
        `Of ${images.size} images, those on which a filter's mean activation ` +
        "over its map, after the ReLU, is largest; as the network sees them, " +
        `${model.size} × ${model.size} pixels. Beside each image is the part ` +
        "that its largest single activation sees.",
      ],
      figures,
      table: {
        caption: "Mean activation on the first and the last image of each " +
          "filter",
        columns: ["Filter", "First", "Last", "First image"],
        rows: found.flatMap(({ layer, filters }) =>
          filters.map(({ filter, top }) => [
            `${layer.name}, filter ${filter}`,
            top[0]?.activation ?? 0,
            top.at(-1)?.activation ?? 0,
            top[0] === undefined
              ? "no image activates it"
              : images.id(top[0].index),
          ])
        ),
      },
      settings: {
        model: model.name,
        weights: model.identity,
        network: model.network.name,
        images: basename(fromHere(values.images)),
        seed,
      },
    }, record);
    yield* Console.log(
      json
        ? JSON.stringify(record)
        : `Wrote ${shown(folder)}; open ${shown(folder)}/index.html`,
    );
  },
  (work, { engine }) =>
    work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine))),
);
