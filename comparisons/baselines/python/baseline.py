"""A baseline as a child process: answers requests, one line of JSON each.

    python3 baseline.py torch_networks [OPTION …] 2

The first line has the versions of its libraries and the kernels that they chose
for this processor, or why they are missing. Then
`{"open": {...}}` prepares a workload and answers values that must agree with
ours, `{"run": true}` runs it once and answers seconds and values, and
`{"peak": true}` answers the peak resident memory in bytes.
"""

import ctypes
import importlib
import json
import os
import sys
import time


# The wheels of NumPy and SciPy rename what OpenBLAS exports.
CORENAMES = [
    "openblas_get_corename",
    "scipy_openblas_get_corename",
    "scipy_openblas_get_corename64_",
]


def openblas_kernels():
    """Returns the kernels that each loaded OpenBLAS library chose."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    kernels = {}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for name in CORENAMES:
            if hasattr(library, name):
                corename = getattr(library, name)
                corename.restype = ctypes.c_char_p
                kernels[os.path.basename(path)] = corename().decode()
    return kernels


def peak_bytes():
    """Returns VmHWM; getrusage would begin with the memory of the parent."""
    with open("/proc/self/status") as status:
        lines = [line.split() for line in status if "VmHWM" in line]
    return int(lines[0][1]) * 1024


def answer(values):
    print(json.dumps(values), flush=True)


def main():
    name, *options, threads = sys.argv[1:]
    threads = int(threads)
    try:
        module = importlib.import_module(name)
        versions = module.versions(threads)
    except ImportError as error:
        answer({"missing": str(error)})
        return
    kernels = {**module.kernels(), **openblas_kernels()}
    answer({"versions": versions, "kernels": kernels})
    workload = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            workload = module.open_workload(
                request["open"], threads, *options
            )
            answer({"values": workload.check()})
        elif "run" in request:
            started = time.perf_counter()
            result = workload.run()
            seconds = time.perf_counter() - started
            # Values to compare are computed after the timed run.
            answer({"seconds": seconds, "values": workload.values(result)})
        else:
            answer({"bytes": peak_bytes()})


main()
