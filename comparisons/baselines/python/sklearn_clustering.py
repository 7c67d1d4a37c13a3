"""scikit-learn: k-means from the same initial centroids, and PCA-whitening."""

import sys
import warnings

import sklearn
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from shared_files import Workload, numbers


def versions(threads):
    warnings.simplefilter("ignore")  # it need not converge
    threadpool_limits(threads)
    return {"scikit-learn": sklearn.__version__}


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
        if model.n_iter_ < model.max_iter:  # it stops when no assignment changes
            done = f"{model.n_iter_} of {model.max_iter}"
            print(f"scikit-learn did {done} iterations", file=sys.stderr)
        return [float(model.inertia_)]


class Whitening(Workload):
    def __init__(self, spec):
        self.points = numbers(spec["features"], (spec["n"], spec["d"]))
        self.components = spec["components"]

    def run(self):
        # Its own choice for these sizes: a randomised decomposition.
        pca = PCA(self.components, whiten=True, random_state=0)
        pca.fit_transform(self.points)
        return pca

    def values(self, pca):
        return [float(pca.explained_variance_ratio_.sum())]


def open_workload(spec, threads):
    return {"kmeans": KMeans, "whiten": Whitening}[spec["kind"]](spec)
