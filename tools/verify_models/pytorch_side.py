"""PyTorch's side of verify.ts: makes full-size models in the authors' layout
with what PyTorch computes for them, and loads what was exported.

    python3 pytorch_side.py make FOLDER
    python3 pytorch_side.py load FOLDER
"""
import collections
import json
import struct
import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "libs/models/fixtures"))
from twins import alexnet, vgg16  # noqa: E402

# Network, layer that is clustered, last map, whether saved in the old format.
CASES = {
    "alexnet": (alexnet, "classifier.4", "features.17", True),
    "vgg16": (vgg16, "classifier.3", "features.43", False),
}
IMAGES, SIDE, CLUSTERS = 2, 224, 10_000


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = numpy.memmap(path, dtype=numpy.uint8, mode="r")
    (length,) = struct.unpack("<Q", raw[:8].tobytes())
    header = json.loads(raw[8:8 + length].tobytes())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", (name, entry)
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(raw[start:end].tobytes(), "<f4").copy()
        tensors[name] = torch.from_numpy(values).reshape(entry["shape"])
    return tensors


def computed(model, images, layers):
    outputs = {}
    modules = dict(model.named_modules())
    hooks = [modules[name].register_forward_hook(
        lambda _m, _x, y, name=name: outputs.update({name: y.clone()})) for name in layers]
    with torch.no_grad():
        model.eval()(images)
    for hook in hooks:
        hook.remove()
    return outputs


def make(folder):
    torch.manual_seed(31)
    images = torch.randn(IMAGES, 3, SIDE, SIDE)
    for name, (build, clustered, last_map, old) in CASES.items():
        model = build(True, SIDE, clusters=CLUSTERS)
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None  # running statistics of what follows
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
                torch.nn.init.normal_(module.bias, std=0.1)
        with torch.no_grad():
            model.train()(torch.randn(4, 3, SIDE, SIDE))
        outputs = computed(model, images, [clustered, last_map])
        write(folder / f"{name}_expected.safetensors",
              {"images": images, "features": outputs[clustered], "map": outputs[last_map]})
        state = collections.OrderedDict(
            (key.replace("features.", "features.module."), value)
            for key, value in model.state_dict().items())
        torch.save({"epoch": 200, "arch": name, "state_dict": state, "optimizer": {}},
                   folder / f"{name}.pth.tar", _use_new_zipfile_serialization=not old)


def load(folder):
    for name, (build, clustered, last_map, _) in CASES.items():
        expected = read(folder / f"{name}_expected.safetensors")
        model = build(True, SIDE, clusters=CLUSTERS)
        model.load_state_dict(read(folder / f"{name}.safetensors"))
        outputs = computed(model, expected["images"], [clustered, last_map])
        for key, layer in [("features", clustered), ("map", last_map)]:
            error = (outputs[layer] - expected[key]).abs().max() / expected[key].abs().max()
            print(json.dumps({"model": name, "what": f"{layer}, our safetensors in PyTorch",
                              "relativeError": error.item()}))


if __name__ == "__main__":
    {"make": make, "load": load}[sys.argv[1]](Path(sys.argv[2]))
