import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { unpickle } from "./pickle.ts";
import { isKind, isPickleError, pickleError } from "./pickled.ts";

/** Latin-1 text, in which a pickle can be written down. */
const bytes = (...parts: ReadonlyArray<string | readonly number[]>) =>
  new Uint8Array(Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part)
    ),
  ));

const refused = (pickle: Uint8Array) => {
  const read = unpickle(pickle);
  assert.equal(read.kind, "pickleError");
  return isPickleError(read) ? `${read.rule}: ${read.found}` : "";
};

const valueOf = (pickle: Uint8Array) => {
  const read = unpickle(pickle);
  assert.equal(
    read.kind,
    "unpickled",
    isPickleError(read) ? read.found : "",
  );
  return read.kind === "unpickled" ? read.value : null;
};

Deno.test("unpickle() reads what Python wrote, and where it ends", () => {
  // pickle.dumps([1, -2, 300, 70000, 2**70, 0.5, "ü", True, None, (1,)], 2)
  const pickle = bytes(
    [0x80, 2],
    "]q\x00(K\x01J\xfe\xff\xff\xffM\x2c\x01Jp\x11\x01\x00",
    "\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x40",
    "G\x3f\xe0\x00\x00\x00\x00\x00\x00X\x02\x00\x00\x00\xc3\xbcq\x01",
    "\x88NK\x01\x85q\x02e.rest",
  );
  const read = unpickle(pickle);
  assert.ok(read.kind === "unpickled");
  assert.equal(read.end, pickle.byteLength - 4);
  assert.deepEqual(read.value, {
    kind: "list",
    items: [1, -2, 300, 70000, 2n ** 70n, 0.5, "ü", true, null, {
      kind: "tuple",
      items: [1],
    }],
  });
});

Deno.test("unpickle() makes an OrderedDict of pairs, as Python 2 wrote it", () => {
  const pickle = bytes(
    [0x80, 2],
    "ccollections\nOrderedDict\n](](U\x01aK\x01e](U\x01bK\x02ee\x85R.",
  );
  assert.deepEqual(valueOf(pickle), {
    kind: "dict",
    entries: new Map([["a", 1], ["b", 2]]),
  });
});

/** Whether a pickle's value is opaque, and what it would have called. */
const opaqueOf = (pickle: Uint8Array) => {
  const read = unpickle(pickle);
  assert.ok(read.kind === "unpickled", isPickleError(read) ? read.found : "");
  assert.ok(isKind(read.value, "opaque"));
  return [read.value.name, ...read.notCalled];
};

Deno.test("unpickle() calls no function but names it, and keeps no argument", () => {
  const command = "X\x02\x00\x00\x00id\x85R.";
  const named = ["posix.system", "os.system", "builtins.eval", "torch.load"];
  for (const name of named) {
    const [module, field] = name.split(".");
    assert.deepEqual(
      opaqueOf(bytes([0x80, 2], `c${module}\n${field}\n${command}`)),
      [name, name],
    );
    const stacked = `\x8c${String.fromCharCode(module!.length)}${module}` +
      `\x8c${String.fromCharCode(field!.length)}${field}\x93`;
    assert.deepEqual(opaqueOf(bytes([0x80, 4], stacked, command)), [
      name,
      name,
    ]);
  }
  assert.deepEqual(opaqueOf(bytes([0x80, 2], "c__builtin__\n__proto__\n)R.")), [
    "__builtin__.__proto__",
    "__builtin__.__proto__",
  ]);
  assert.deepEqual(opaqueOf(bytes([0x80, 2], "c\x1b[31m\n\x00\n)R.")), [
    "?[31m.?",
    "?[31m.?",
  ]);
});

Deno.test("unpickle() ignores what is built of, put into or called on the unknown", () => {
  const made = [
    "cargparse\nNamespace\n)R", // REDUCE
    "cargparse\nNamespace\n)\x81", // NEWOBJ
    "cargparse\nNamespace\n)}\x92", // NEWOBJ_EX
    "(cargparse\nNamespace\nK\x01o", // OBJ
  ];
  for (const value of made) {
    for (
      const more of ["}b", "K\x01K\x02s", "(K\x01K\x02u", "K\x01a", "(e", ")R"]
    ) {
      assert.deepEqual(
        opaqueOf(bytes([0x80, 2], value, more, ".")),
        ["argparse.Namespace", "argparse.Namespace"],
        value + more,
      );
    }
  }
});

Deno.test("unpickle() makes dicts of Counter and defaultdict, for what follows", () => {
  assert.deepEqual(
    valueOf(bytes([0x80, 2], "ccollections\nCounter\n}K\x07K\x02s\x85R.")),
    { kind: "dict", entries: new Map([[7, 2]]) },
  );
  assert.deepEqual(
    valueOf(
      bytes(
        [0x80, 2],
        "ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RK\x07K\x02s.",
      ),
    ),
    { kind: "dict", entries: new Map([[7, 2]]) },
  );
});

Deno.test("unpickle() sees through subclasses and parameters with attributes", () => {
  const storage = "K\x07Q"; // stands outside of the pickle
  const view = `(${storage}K\x00K\x02\x85K\x01\x85\x89}t`;
  const util = (name: string, args: string) =>
    `ctorch._utils\n_rebuild_${name}\n${args}R`;
  const tensor = util("tensor_v2", view);
  const outside = (code: string, type: "Float" | "Untyped" = "Float") => {
    const read = unpickle(bytes([0x80, 2], code, "."), 0, () => ({
      kind: "storage",
      key: "0",
      type,
      start: 0,
      elements: 2,
    }));
    assert.ok(read.kind === "unpickled", isPickleError(read) ? read.found : "");
    return read.value;
  };
  const expected = outside(tensor);
  assert.ok(isKind(expected, "tensor"));
  for (
    const code of [
      util("parameter", `(${tensor}\x88}t`),
      util("parameter_with_state", `(${tensor}\x88}}t`),
      util("device_tensor_from_cpu_tensor", `(${tensor}NNt`),
      "ctorch._tensor\n_rebuild_from_type_v2\n(" +
      `ctorch._utils\n_rebuild_tensor_v2\nc__main__\nSub\n${view}}tR`,
    ]
  ) assert.deepEqual(outside(code), expected, code);
  const small = util(
    "tensor_v3",
    `(${storage}K\x00K\x02\x85K\x01\x85\x89}ctorch\nfloat8_e5m2\nt`,
  );
  assert.deepEqual(outside(small, "Untyped"), {
    kind: "opaque",
    name: "a tensor of torch.float8_e5m2",
  });
});

Deno.test("unpickle() takes keys of objects for no more than keys", () => {
  const read = valueOf(
    bytes([0x80, 2], "}X\x09\x00\x00\x00__proto__}X\x01\x00\x00\x00aK\x01ss."),
  );
  assert.ok(isKind(read, "dict"));
  assert.deepEqual([...read.entries.keys()], ["__proto__"]);
  assert.equal(({} as Record<string, unknown>)["a"], undefined);
});

Deno.test("unpickle() counts what a call copies as opcodes", () => {
  // an OrderedDict of 2000 pairs, made anew 600 times: 1.2 million entries
  const pairs = "(" + "K\x01K\x02\x86".repeat(2000) + "e";
  const made = "ccollections\nOrderedDict\nh\x00\x85R0".repeat(600);
  assert.match(
    refused(bytes([0x80, 2], "]q\x00", pairs, made, ".")),
    /must have at most 1000000 opcodes/,
  );
});

Deno.test("unpickle() refuses a call of what is no function, or of no tensor", () => {
  assert.equal(
    refused(bytes([0x80, 2], "])R.")),
    "a pickle must call functions only: a list",
  );
  assert.equal(
    refused(bytes([0x80, 2], "ctorch\nFloatStorage\n]R.")),
    "a function of a pickle must have a tuple of arguments: " +
      "torch.FloatStorage has a list",
  );
  assert.match(
    refused(bytes([0x80, 2], "ctorch._utils\n_rebuild_tensor_v2\n)R.")),
    /a tensor must have a storage, an offset, sizes and strides: None, None/,
  );
});

Deno.test("unpickle() refuses opcodes that torch.save does not write", () => {
  const rule = "a pickle may hold only what torch.save writes: opcode ";
  for (const [name, code] of [["i", 0x69], ["EXT1", 0x82], ["I", 0x49]]) {
    const pickle = bytes([0x80, 2, code as number]);
    assert.equal(
      refused(pickle),
      `${rule}0x${code!.toString(16)} at byte 2`,
      String(name),
    );
  }
  assert.match(refused(bytes([0x80, 1], "N.")), /well formed: protocol 1 /);
});

Deno.test("unpickle() refuses every prefix of a pickle", () => {
  const whole = bytes(
    [0x80, 2],
    "}q\x00(X\x01\x00\x00\x00a]q\x01(K\x01K\x02eU\x01bh\x01U\x01ccbuiltins\nset\n]\x85Ru.",
  );
  valueOf(whole);
  for (let end = 0; end < whole.byteLength; end++) {
    refused(whole.subarray(0, end));
  }
});

Deno.test("unpickle() allocates nothing for lengths that are only claimed", () => {
  const rule = "a pickle must not be cut off: ";
  const claims = [
    "X\xff\xff\xff\x7f",
    "T\xff\xff\xff\xff",
    "B\xff\xff\xff\xff",
  ];
  for (const claim of claims) {
    assert.match(refused(bytes([0x80, 2], claim, ".")), new RegExp(rule));
  }
});

Deno.test("unpickle() shares what is remembered: laughs cost a byte each", () => {
  // l0 = []; l1 = [l0] * 10; l2 = [l1] * 10; … 10^200 leaves if copied
  const level = (n: number) =>
    "](" + `h${String.fromCharCode(n)}`.repeat(10) +
    `eq${String.fromCharCode(n + 1)}0`;
  const laughs = Array.from({ length: 200 }, (_, n) => level(n)).join("");
  assert.ok(
    isKind(valueOf(bytes([0x80, 2], "]q\x000", laughs, "h\xc8.")), "list"),
  );
  const itself = valueOf(bytes([0x80, 2], "]q\x00h\x00a."));
  assert.ok(isKind(itself, "list") && itself.items[0] === itself);
});

Deno.test("unpickle() stops after a million opcodes", () => {
  const many = bytes([0x80, 2], "(", "N".repeat(1_000_000), "t.");
  assert.match(refused(many), /must have at most 1000000 opcodes/);
});

Deno.test("unpickle() refuses what takes from below a mark or an empty stack", () => {
  for (
    const code of [
      ".",
      "0.",
      "a.",
      "(a.",
      "N(R.",
      "t.",
      "u.",
      "NN.",
      "h\x00.",
      "Nb.",
    ]
  ) {
    assert.match(
      refused(bytes([0x80, 2], code)),
      /must be well formed|call only/,
      code,
    );
  }
});

Deno.test("unpickle() asks about values outside of it, which may be refused", () => {
  const pickle = bytes([0x80, 2], "K\x07Q.");
  assert.match(refused(pickle), /must hold all its values: "7"/);
  const read = unpickle(
    pickle,
    0,
    (id) => id === 7 ? "seven" : pickleError("", ""),
  );
  assert.ok(read.kind === "unpickled" && read.value === "seven");
});
