"""scikit-learn: k-means from the same initial centroids, and PCA-whitening."""

import warnings

import sklearn
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from shared_files import Workload, numbers
from whitening import explained_ratio


def versions(threads):
    warnings.simplefilter("ignore")  # it need not converge
    threadpool_limits(threads)
    return {"scikit-learn": sklearn.__version__}


def kernels():
    return {}  # its own loops are compiled for every x86; see OpenBLAS


class KMeans(Workload):
    def __init__(self, spec):
        shape = (spec["n"], spec["d"])
        self.points = numbers(spec["points"], shape)
        start = numbers(spec["centroids"], (spec["k"], spec["d"]))
        self.model = SklearnKMeans(
            spec["k"], init=start, n_init=1, max_iter=spec["iterations"],
            tol=0, algorithm="lloyd",
        )

    def run(self):
        return self.model.fit(self.points)

    def values(self, model):
        # It stops when no assignment changes, which the second value tells.
        return [float(model.inertia_), model.n_iter_]


class Whitening(Workload):
    def __init__(self, spec):
        self.points = numbers(spec["features"], (spec["n"], spec["d"]))
        self.components = spec["components"]

    def run(self):
        # Also its own choice for these sizes.
        pca = PCA(
            self.components, whiten=True, svd_solver="randomized",
            random_state=0,
        )
        pca.fit_transform(self.points)
        return pca

    def values(self, pca):
        return [explained_ratio(self.points, pca.components_.T)]


def open_workload(spec, threads):
    return {"kmeans": KMeans, "whiten": Whitening}[spec["kind"]](spec)
