"""faiss: exact search by inner products."""

import faiss

from faiss_clustering import kernels, versions
from shared_files import Workload, numbers


class Search(Workload):
    def __init__(self, spec):
        self.top = spec["top"]
        vectors = numbers(spec["vectors"], (spec["n"], spec["d"]))
        self.index = faiss.IndexFlatIP(spec["d"])
        self.index.add(vectors)
        queries = numbers(spec["queries"], (spec["count"], spec["d"]))
        self.batches = [queries] if spec["together"] else list(queries[:, None])

    def run(self):
        return [self.index.search(batch, self.top) for batch in self.batches]

    def values(self, results):
        return [float(sum(s.sum(dtype="f8") for s, _ in results))]


def open_workload(spec, threads):
    return Search(spec)
