import assert from "node:assert/strict";
import { parameterName, statesOf } from "./state_names.ts";

Deno.test("parameterName() undoes wrappers in any order and leaves counters aside", () => {
  assert.equal(
    parameterName("features.module.0.weight"),
    "features.0.weight",
  );
  assert.equal(parameterName("module.top_layer.bias"), "top_layer.bias");
  for (
    const name of [
      "_orig_mod.module.features.0.weight",
      "module._orig_mod.features.0.weight",
      "_fsdp_wrapped_module.features._checkpoint_wrapped_module.0.weight",
    ]
  ) {
    assert.equal(parameterName(name), "features.0.weight");
  }
  assert.equal(parameterName("features.1.num_batches_tracked"), undefined);
  assert.equal(parameterName("features.0.bias.momentum_buffer"), undefined);
});

/** States by name, with what remains of the names of their parameters. */
const found = (...names: readonly string[]) =>
  Object.fromEntries(
    [...statesOf(names)].map(([state, rest]) => [state, [...rest.values()]]),
  );

Deno.test("statesOf() finds a network under any keys and prefixes", () => {
  for (
    const state of [
      "",
      "state_dict",
      "model",
      "net.teacher",
      "model_state_dict.student.encoder.backbone",
      "0",
    ]
  ) {
    const before = state === "" ? "" : `${state}.`;
    assert.deepEqual(
      found(
        `${before}features.0.weight`,
        `${before}top_layer.bias`,
        "optimizer_of.0.lr",
      ),
      {
        [state]: [
          "features.0.weight",
          "top_layer.bias",
          ...state === "" ? ["optimizer_of.0.lr"] : [],
        ],
      },
    );
  }
});

Deno.test("statesOf() knows a network whose layers were wrapped", () => {
  assert.deepEqual(
    found(
      "a.module.features.module.0.weight",
      "a.module.features.module.0.bias",
      "a.steps",
    ),
    { "a.module": ["features.module.0.weight", "features.module.0.bias"] },
  );
});

Deno.test("statesOf() gives a name to the longest state before it", () => {
  assert.deepEqual(
    found("features.0.weight", "ema.features.0.weight", "ema.a", "emab", "b"),
    {
      "": ["features.0.weight", "emab", "b"],
      ema: ["features.0.weight", "a"],
    },
  );
});

Deno.test("statesOf() finds none where no name ends as a network begins", () => {
  assert.deepEqual(
    found("conv1.weight", "xfeatures.0.weight", "features.0.weight.grad", ""),
    {},
  );
});
