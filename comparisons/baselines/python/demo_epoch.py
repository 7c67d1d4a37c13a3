"""One epoch of the demo, as a user of PyTorch and faiss would write it; or its
training alone.

Option: `channels_last` for that order of images and weights in memory.
"""

import faiss
import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset
from torchvision import transforms

from faiss_clustering import faiss_kernels
from shared_files import Workload, numbers, tensors
from torch_networks import Net, arranged, optimisers


def versions(threads):
    torch.set_num_threads(threads)
    faiss.omp_set_num_threads(threads)
    return {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "faiss": faiss.__version__,
    }


def kernels():
    return {
        "torch": torch.backends.cpu.get_cpu_capability(),
        "faiss": faiss_kernels(),
    }


normalise = [
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
]


class Images(Dataset):
    """Decoded images in memory with their pseudo-labels."""

    def __init__(self, images, transform, pseudo_labels):
        self.images, self.transform = images, transform
        self.pseudo_labels = pseudo_labels

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.transform(self.images[index])
        return image, int(self.pseudo_labels[index])


class Epoch(Workload):
    def __init__(self, spec, threads, options):
        self.spec, self.threads, self.options = spec, threads, options
        size = spec["imageSize"]
        pixels = numbers(spec["images"], (spec["n"], size, size, 3), "u1")
        self.images = [Image.fromarray(image) for image in pixels]
        self.pseudo_labels = numbers(spec["pseudoLabels"], (-1,), "<i4")

    def loader(self, dataset, batch):
        return DataLoader(dataset, batch, num_workers=self.threads)

    def run(self):
        spec = self.spec
        net = Net(spec["layers"], tensors(spec["tensors"]), spec["clusters"])
        if spec["part"] == "training":
            return [self.train(net, self.pseudo_labels)]
        points = self.reduced(self.features(net))
        assignments, loss = self.cluster(points)
        return [loss / len(assignments), self.train(net, assignments)]

    def features(self, net):
        size = self.spec["size"]
        crop = transforms.Compose([
            transforms.Resize(round(size * 256 / 224)),
            transforms.CenterCrop(size), *normalise,
        ])
        # Features are taken before the last ReLU.
        body = nn.Sequential(*net.steps[:-1]).eval()
        zeros = np.zeros(len(self.images))
        features = []
        with torch.no_grad():
            for batch, _ in self.loader(Images(self.images, crop, zeros), 128):
                body, batch = arranged(body, batch, self.options)
                features.append(body(batch).numpy())
        return np.concatenate(features)

    def reduced(self, features):
        pca = faiss.PCAMatrix(features.shape[1], self.spec["pca"], -0.5)
        pca.train(features)
        points = pca.apply_py(features)
        return points / np.linalg.norm(points, axis=1, keepdims=True)

    def cluster(self, points):
        n, d = points.shape
        kmeans = faiss.Kmeans(
            d, self.spec["clusters"], niter=20, max_points_per_centroid=n,
            min_points_per_centroid=1, seed=1,
        )
        kmeans.train(points)
        distances, assignments = kmeans.index.search(points, 1)
        return assignments[:, 0], float(distances.sum(dtype=np.float64))

    def train(self, net, pseudo_labels):
        spec = self.spec
        augment = transforms.Compose([
            transforms.RandomResizedCrop(spec["size"], scale=(0.3, 1)),
            transforms.RandomHorizontalFlip(), *normalise,
        ])
        order = uniform_sample(pseudo_labels, len(pseudo_labels))
        images = Subset(Images(self.images, augment, pseudo_labels), order)
        net.train()
        steps = optimisers(net, 0.9, 1e-5, 0.05)
        criterion, losses = nn.CrossEntropyLoss(), []
        for batch, targets in self.loader(images, spec["batch"]):
            net, batch = arranged(net, batch, self.options)
            loss = criterion(net(batch), targets)
            for optimiser in steps:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in steps:
                optimiser.step()
            losses.append(loss.item())
        return sum(losses) / len(losses)


def uniform_sample(assignments, count):
    """Draws equally many images of every cluster, with repetition if small."""
    groups = [
        np.flatnonzero(assignments == c) for c in np.unique(assignments)
    ]
    each = count // len(groups) + 1
    draws = [
        np.random.choice(group, each, replace=len(group) <= each)
        for group in groups
    ]
    order = np.concatenate(draws)
    np.random.shuffle(order)
    return order[:count].tolist()


def open_workload(spec, threads, *options):
    return Epoch(spec, threads, options)
