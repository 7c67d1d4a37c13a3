/**
 * `visualise filters MODEL --out DIR`: the filters of the first layer.
 *
 * Paper: section 4.2, figure 3.
 *
 * @module
 */
import { layerBackend } from "@deepcluster/gpu-backend";
import { shown } from "@deepcluster/terminal";
import { filterPicture } from "@deepcluster/visualisation";
import { Console, Effect, Option } from "effect";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import { requirePictureSize } from "./picture_limit.ts";
import { openNetwork } from "./visualise_network.ts";
import type { Values } from "./visualise_filters_flags.ts";

const action = "draw filters";

/** Does what `filters` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ model: typed, out, json, ...values }: Values) {
    yield* requireNew(out);
    const { weights, seed } = values;
    const model = yield* openNetwork(typed, weights, seed, action);
    const scale = Option.getOrUndefined(values.scale);
    if (scale !== undefined) {
      const { name } = model.network.features[0]!;
      const shape = model.parameters[`${name}.weight`]!.shape;
      const [filters, channels, kernel] = shape as [number, number, number];
      yield* requirePictureSize(action, `--scale ${scale}`, {
        // Channels are side by side, or those of a colour.
        count: filters * (channels === 3 ? 1 : channels),
        side: kernel * scale,
      });
    }
    const drawn = yield* filterPicture(model, {
      ...scale !== undefined && { scale },
    });
    const { picture, legend, ...facts } = drawn;
    const { filters, channels, kernel, columns, layer } = facts;
    const record = {
      model: { name: model.name, identity: model.identity },
      ...facts,
      legend,
    };
    const { publish } = yield* pictureFolder(out);
    const folder = yield* publish({
      title: `First-layer filters of ${model.name}`,
      text: [
        `${filters} filters of ${layer} with ${kernel} × ${kernel} weights ` +
        `for each of ${channels} channels, from filter 0 at the upper left, ` +
        `${columns} in a row. Each filter is normalised for itself.`,
        legend,
      ],
      figures: [{
        name: "filters",
        picture,
        title: `Filters of ${layer}`,
        alt: `The ${filters} filters of ${layer}, each in a square with a ` +
          "white border.",
      }],
      settings: {
        model: model.name,
        weights: model.identity,
        network: model.network.name,
      },
    }, record);
    yield* Console.log(
      json
        ? JSON.stringify(record)
        : `Wrote ${shown(folder)}: ${filters} filters of ${layer} of ` +
          `${model.name}; open ${shown(folder)}/index.html`,
    );
  },
  (work) => work.pipe(Effect.scoped, Effect.provide(layerBackend({}))),
);
