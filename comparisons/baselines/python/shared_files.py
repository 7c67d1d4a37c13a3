"""Input files that all processes read: raw little-endian numbers, tensors."""

import json

import numpy as np


def numbers(path, shape, dtype="<f4"):
    return np.fromfile(path, dtype).reshape(shape)


def tensors(path):
    """Returns tensors by name; `path`.json has names, shapes and offsets."""
    with open(path + ".json") as file:
        entries = json.load(file)
    data = np.fromfile(path, "<f4")
    return {
        entry["name"]: data[entry["offset"] : entry["offset"] + entry["size"]]
        .reshape(entry["shape"])
        for entry in entries
    }


class Workload:
    """A workload without a check of its own."""

    def check(self):
        return []

    def values(self, result):
        return result
