"""PyTorch: a forward pass and a training step of the same network.

Options: `channels_last` for that order of images and weights in memory, and
`compiled` for torch.compile, which compiles before the timed runs.
"""

import torch
from torch import nn

from shared_files import Workload, numbers, tensors


def versions(threads):
    torch.set_num_threads(threads)
    return {"torch": torch.__version__}


def kernels():
    return {"torch": torch.backends.cpu.get_cpu_capability()}


def layer_of(spec):
    kind = spec["type"]
    if kind == "convolution":
        return nn.Conv2d(
            spec["inChannels"], spec["outChannels"], spec["kernel"],
            spec["stride"], spec["padding"], bias=spec["bias"],
        )
    if kind == "batchNorm":
        return nn.BatchNorm2d(spec["channels"])
    if kind == "maxPool":
        return nn.MaxPool2d(spec["kernel"], spec["stride"])
    if kind == "dropout":
        return nn.Dropout(spec["rate"])
    if kind == "linear":
        return nn.Linear(spec["inFeatures"], spec["outFeatures"])
    return nn.ReLU(inplace=True) if kind == "relu" else nn.Flatten()


class Net(nn.Module):
    """A network under the names of the specification."""

    def __init__(self, layers, values, clusters=None):
        super().__init__()
        self.steps = [layer_of(spec) for spec in layers]
        for spec, step in zip(layers, self.steps):
            *part, place = spec["name"].split(".")
            if part and not hasattr(self, part[0]):
                setattr(self, part[0], nn.Module())
            parent = getattr(self, part[0]) if part else self
            parent.add_module(place, step)
        if clusters is not None:
            features = layers_features(layers)
            self.top_layer = nn.Linear(features, clusters)
        state = {k: torch.from_numpy(v.copy()) for k, v in values.items()}
        self.load_state_dict(state, strict=False)
        for name, parameter in self.named_parameters():
            assert name in state, name
            if name.startswith("sobel"):
                parameter.requires_grad = False

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return self.top_layer(x) if hasattr(self, "top_layer") else x


def layers_features(layers):
    return [s for s in layers if s["type"] == "linear"][-1]["outFeatures"]


def arranged(network, images, options):
    """Returns both in the order in memory, compiled if the options say so."""
    if "channels_last" in options:
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    return torch.compile(network) if "compiled" in options else network, images


class Forward(Workload):
    def __init__(self, spec, options):
        # Features are taken before the last ReLU.
        net = Net(spec["layers"][:-1], tensors(spec["tensors"])).eval()
        images = torch.from_numpy(numbers(spec["images"], spec["shape"]))
        self.net, self.images = arranged(net, images, options)

    def check(self):
        return self.run()

    def run(self):
        with torch.no_grad():
            return [self.net(self.images).abs().mean().item()]


# One loop over all of a parameter's numbers, which Debian's version lacks.
FUSED = {"fused": True} if hasattr(torch, "compile") else {}


def optimisers(net, momentum, decay, rate):
    body = [
        p for n, p in net.named_parameters()
        if p.requires_grad and not n.startswith("top_layer")
    ]
    return [
        torch.optim.SGD(
            body, rate, momentum=momentum, weight_decay=decay, **FUSED
        ),
        torch.optim.SGD(
            net.top_layer.parameters(), rate, weight_decay=decay, **FUSED
        ),
    ]


class Step(Workload):
    def __init__(self, spec, options):
        images = torch.from_numpy(numbers(spec["images"], spec["shape"]))
        pseudo_labels = numbers(spec["pseudoLabels"], (-1,), "<i4")
        self.pseudo_labels = torch.from_numpy(pseudo_labels).long()
        self.loss = nn.CrossEntropyLoss()

        net = Net(spec["layers"], tensors(spec["tensors"]), spec["clusters"])
        self.optimisers = optimisers(net, 0.9, 1e-5, 0.01)
        self.net, self.images = arranged(net.train(), images, options)

    def check(self):
        """Returns the first two losses without dropout, then enables it."""
        dropouts = [m for m in self.net.modules() if isinstance(m, nn.Dropout)]
        for dropout in dropouts:
            dropout.eval()
        values = self.run() + self.run()
        for dropout in dropouts:
            dropout.train()
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = 0.001
        return values

    def run(self):
        loss = self.loss(self.net(self.images), self.pseudo_labels)
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        return [loss.item()]

    def values(self, result):
        return []


def open_workload(spec, threads, *options):
    return {"forward": Forward, "step": Step}[spec["kind"]](spec, options)
