"""usearch: its own exact search, by inner products."""

import numpy as np
import usearch
from usearch.index import Index, MetricKind, search

from shared_files import Workload, numbers


def versions(threads):
    return {"usearch": usearch.__version__, "numpy": np.__version__}


def kernels():
    return {"usearch": Index(ndim=256).hardware_acceleration}


class Search(Workload):
    def __init__(self, spec, threads):
        self.top, self.threads = spec["top"], threads
        self.vectors = numbers(spec["vectors"], (spec["n"], spec["d"]))
        queries = numbers(spec["queries"], (spec["count"], spec["d"]))
        self.batches = [queries] if spec["together"] else list(queries)

    def run(self):
        return [
            search(self.vectors, batch, self.top, MetricKind.IP, exact=True,
                   threads=self.threads)
            for batch in self.batches
        ]

    def values(self, results):
        distances = [r.distances.astype(np.float64) for r in results]
        return [float(sum((1 - d).sum() for d in distances))]


def open_workload(spec, threads):
    return Search(spec, threads)
