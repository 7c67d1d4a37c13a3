"""faiss: k-means from the same initial centroids, and PCA-whitening."""

import faiss
import numpy as np

from shared_files import Workload, numbers


def versions(threads):
    faiss.omp_set_num_threads(threads)
    return {"faiss": faiss.__version__, "numpy": np.__version__}


class KMeans(Workload):
    def __init__(self, spec):
        n, d, self.k = spec["n"], spec["d"], spec["k"]
        self.points = numbers(spec["points"], (n, d))
        self.start = numbers(spec["centroids"], (self.k, d))
        self.iterations = spec["iterations"]

    def run(self):
        n, d = self.points.shape
        kmeans = faiss.Kmeans(
            d, self.k, niter=self.iterations, max_points_per_centroid=n,
            min_points_per_centroid=1,
        )
        kmeans.train(self.points, init_centroids=self.start)
        distances, assignments = kmeans.index.search(self.points, 1)
        return distances

    def values(self, distances):
        return [float(distances.sum(dtype=np.float64))]


class Whitening(Workload):
    def __init__(self, spec):
        self.points = numbers(spec["features"], (spec["n"], spec["d"]))
        self.components = spec["components"]

    def run(self):
        d = self.points.shape[1]
        pca = faiss.PCAMatrix(d, self.components, -0.5)
        pca.train(self.points)
        return pca, pca.apply_py(self.points)

    def values(self, result):
        pca, whitened = result
        values = faiss.vector_to_array(pca.eigenvalues)
        return [float(values[: self.components].sum() / values.sum())]


def open_workload(spec, threads):
    return {"kmeans": KMeans, "whiten": Whitening}[spec["kind"]](spec)
