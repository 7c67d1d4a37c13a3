"""PyTorch's side of the GPU check: the same workloads on the same numbers.

    python3 torch_baseline.py

Speaks the protocol of worker.ts. A run may ask for `tf32` and `upload`. Uses
CUDA where PyTorch has it, else the processor.
"""
import json
import math
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2] / "comparisons/baselines/python")
)


def answer(values):
    print(json.dumps(values), flush=True)


try:
    import numpy as np
    import torch

    from torch_networks import Net, optimisers
except ImportError as error:
    answer({"missing": f"{sys.executable}: {error}"})
    sys.exit()

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CHUNK = 1 << 24


def hashed(count, seed):
    """`hash` of made_numbers.ts, in chunks."""
    start = np.uint32(seed * 0x7FEB352D & 0xFFFFFFFF)
    for begin in range(0, count, CHUNK):
        h = np.arange(begin, min(count, begin + CHUNK)).astype(np.uint32)
        h *= np.uint32(0x9E3779B1)
        h ^= start
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
        yield begin, h


def made(shape, seed, deviation):
    numbers = np.empty(math.prod(shape), np.float32)
    scale = deviation * math.sqrt(12)
    for begin, h in hashed(numbers.size, seed):
        numbers[begin:begin + h.size] = (h / 2**32 - 0.5) * scale
    return numbers.reshape(shape)


def made_integers(count, seed, below):
    return np.concatenate([h for _, h in hashed(count, seed)]).astype(np.int64) % below


def made_tensor(spec):
    if "values" in spec:
        return np.array(spec["values"], np.float32).reshape(spec["shape"])
    if spec["deviation"] == 0:
        return np.full(spec["shape"], spec["fill"], np.float32)
    return made(spec["shape"], spec["seed"], spec["deviation"])


def on_device(array):
    return torch.from_numpy(array).to(DEVICE)


class Images:
    """A batch on the host, pinned where a GPU reads it, and on the device."""

    def __init__(self, spec):
        shape = (spec["batch"], 3, spec["size"], spec["size"])
        self.host = torch.from_numpy(made(shape, 1001, 1))
        if DEVICE.type == "cuda":
            self.host = self.host.pin_memory()
        self.resident = self.host.to(DEVICE)

    def get(self, upload):
        return self.host.to(DEVICE, non_blocking=True) if upload else self.resident


def network(spec, layers, clusters=None):
    values = {name: made_tensor(tensor) for name, tensor in spec["parameters"].items()}
    return Net(layers, values, clusters).to(DEVICE)


class Step:
    def __init__(self, spec):
        self.images = Images(spec)
        labels = made_integers(spec["batch"], 1002, spec["clusters"])
        self.labels = on_device(labels)
        self.net = network(spec, spec["layers"], spec["clusters"]).train()
        self.optimisers = optimisers(self.net, 0.9, 1e-5, 0.01)
        self.loss = torch.nn.CrossEntropyLoss()

    def values(self):
        """The first three losses, without dropout."""
        dropouts = [m for m in self.net.modules() if isinstance(m, torch.nn.Dropout)]
        for dropout in dropouts:
            dropout.eval()
        losses = [self.run(False) for _ in range(3)]
        for dropout in dropouts:
            dropout.train()
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = 0.001
        return losses

    def run(self, upload):
        loss = self.loss(self.net(self.images.get(upload)), self.labels)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        return loss.item()


class Forward:
    def __init__(self, spec):
        self.images = Images(spec)
        # Features are taken before the last ReLU.
        self.net = network(spec, spec["layers"][:-1]).eval()

    def values(self):
        features = self.run(False).flatten()
        return features[:32].tolist() + features[-32:].tolist()

    @torch.no_grad()
    def run(self, upload):
        return self.net(self.images.get(upload)).cpu()


class Extraction(Forward):
    def __init__(self, spec):
        super().__init__(spec)
        self.batches = spec["images"] // spec["batch"]

    def values(self):
        return []

    def run(self, upload):
        with tempfile.TemporaryFile() as file:
            for _ in range(self.batches):
                super().run(upload).numpy().tofile(file)
            file.flush()
            os.fsync(file.fileno())


class Assignment:
    """Blocks of |c|^2 - 2 x c, as faiss does on a GPU; points start on the host."""

    def __init__(self, spec):
        d = spec["d"]
        self.points = torch.from_numpy(made((spec["n"], d), 1, 1 / math.sqrt(d)))
        self.centroids = on_device(made((spec["k"], d), 2, 1 / math.sqrt(d)))
        self.resident = self.points.to(DEVICE)
        self.block = max(1, min(spec["n"], (1 << 28) // spec["k"]))

    def values(self):
        assignments = self.run(False).to(DEVICE)
        total = 0.0
        for begin in range(0, len(self.points), self.block):
            points = self.resident[begin:begin + self.block]
            nearest = self.centroids[assignments[begin:begin + self.block]]
            total += (points - nearest).square().sum(dtype=torch.float64).item()
        return [total / len(self.points)]

    @torch.no_grad()
    def run(self, upload):
        lengths = self.centroids.square().sum(1)
        nearest = []
        for begin in range(0, len(self.points), self.block):
            points = self.points if upload else self.resident
            points = points[begin:begin + self.block].to(DEVICE)
            scores = torch.addmm(lengths, points, self.centroids.t(), alpha=-2)
            nearest.append(scores.argmin(1))
        return torch.cat(nearest).cpu()


class Gemm:
    def __init__(self, spec):
        shape = (spec["size"], spec["size"])
        self.a = on_device(made(shape, 1, 1))
        self.b = on_device(made(shape, 2, 1 / math.sqrt(spec["size"])))
        self.products = spec["products"]

    def values(self):
        return [self.run(False)]

    @torch.no_grad()
    def run(self, upload):
        for _ in range(self.products):
            self.a = self.a @ self.b
        return self.a.square().mean().item()


KINDS = {
    "step": Step, "forward": Forward, "extraction": Extraction,
    "assignment": Assignment, "gemm": Gemm,
}


def synchronise():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def set_tf32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def timed(workload, request):
    set_tf32(request.get("tf32", False))
    seconds = []
    for _ in range(request["run"]):
        synchronise()
        started = time.perf_counter()
        workload.run(request.get("upload", True))
        synchronise()
        seconds.append(time.perf_counter() - started)
    return {"seconds": seconds}


def memory():
    if DEVICE.type == "cuda":
        return torch.cuda.max_memory_allocated()
    with open("/proc/self/status") as status:
        lines = [line.split() for line in status if "VmHWM" in line]
    return int(lines[0][1]) * 1024


def opened(spec):
    set_tf32(False)
    if DEVICE.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    return KINDS[spec["kind"]](spec)


def cuda_folders():
    """Folders of the CUDA libraries that PyTorch's packages bring."""
    packages = Path(torch.__file__).parents[1]
    return sorted(str(folder) for folder in packages.glob("nvidia/**/lib"))


def versions():
    found = {
        "torch": torch.__version__, "numpy": np.__version__, "device": str(DEVICE),
        "cudaFolders": cuda_folders(),
    }
    if DEVICE.type == "cuda":
        torch.zeros(1, device=DEVICE)
        found |= {
            "device": torch.cuda.get_device_name(),
            "cuda": torch.version.cuda,
            "cudnn": str(torch.backends.cudnn.version()),
        }
    return found


def main():
    # As the authors' code does.
    torch.backends.cudnn.benchmark = True
    answer({"versions": versions()})
    workload = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "open" in request:
                workload = None  # frees the memory of the last one
                workload = opened(request["open"])
                answer({"values": workload.values()})
            elif "run" in request:
                answer(timed(workload, request))
            elif "close" in request:
                workload = None
                answer({})
            else:
                answer({"memoryBytes": memory()})
        except RuntimeError as error:  # such as: out of memory
            answer({"failed": f"{type(error).__name__}: {error}"})


main()
