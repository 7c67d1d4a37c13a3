"""faiss: k-means from the same initial centroids, and PCA-whitening."""

import faiss
import numpy as np

from shared_files import Workload, numbers
from whitening import explained_ratio


def versions(threads):
    faiss.omp_set_num_threads(threads)
    return {"faiss": faiss.__version__, "numpy": np.__version__}


def kernels():
    return {"faiss": faiss_kernels()}


def faiss_kernels():
    """Returns which kernels faiss chose; builds before 1.15 hold one set."""
    if hasattr(faiss, "SIMDConfig"):
        return faiss.SIMDConfig.get_level_name()
    return faiss.get_compile_options().split()[-1]


def all_iterations():
    """Since 1.15 it stops when the objective is no better than before."""
    name = "early_stop_threshold"
    if not hasattr(faiss.ClusteringParameters(), name):
        return {}
    return {name: -1e30}


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
            min_points_per_centroid=1, **all_iterations(),
        )
        kmeans.train(self.points, init_centroids=self.start)
        distances, assignments = kmeans.index.search(self.points, 1)
        return distances, len(kmeans.obj)

    def values(self, result):
        distances, iterations = result
        return [float(distances.sum(dtype=np.float64)), iterations]


class Whitening(Workload):
    def __init__(self, spec):
        self.points = numbers(spec["features"], (spec["n"], spec["d"]))
        self.components = spec["components"]

    def run(self):
        d = self.points.shape[1]
        pca = faiss.PCAMatrix(d, self.components, -0.5)
        pca.train(self.points)
        pca.apply_py(self.points)
        return pca

    def values(self, pca):
        directions = faiss.vector_to_array(pca.A).reshape(pca.d_out, pca.d_in)
        return [explained_ratio(self.points, directions.T)]


def open_workload(spec, threads):
    return {"kmeans": KMeans, "whiten": Whitening}[spec["kind"]](spec)
