"""A baseline as a child process: answers requests, one line of JSON each.

    python3 baseline.py torch_networks 2

The first line has the versions of its libraries, or why they are missing. Then
`{"open": {...}}` prepares a workload and answers values that must agree with
ours, `{"run": true}` runs it once and answers seconds and values, and
`{"peak": true}` answers the peak resident memory in bytes.
"""

import ctypes
import importlib
import json
import sys
import time


def openblas_kernels():
    """Returns the kernels that the loaded OpenBLAS libraries chose."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    names = []
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        # NumPy's wheels rename what OpenBLAS exports.
        for name in ("openblas_get_corename", "scipy_openblas_get_corename64_"):
            if hasattr(library, name):
                corename = getattr(library, name)
                corename.restype = ctypes.c_char_p
                names.append(corename().decode())
    return ", ".join(sorted(set(names)))


def peak_bytes():
    """Returns VmHWM; getrusage would begin with the memory of the parent."""
    with open("/proc/self/status") as status:
        lines = [line.split() for line in status if "VmHWM" in line]
    return int(lines[0][1]) * 1024


def answer(values):
    print(json.dumps(values), flush=True)


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    try:
        module = importlib.import_module(name)
        versions = module.versions(threads)
    except ImportError as error:
        answer({"missing": str(error)})
        return
    try:
        kernels = openblas_kernels()
    except OSError:  # no /proc
        kernels = ""
    if kernels:
        versions["openblas kernel"] = kernels
    answer({"versions": versions})
    workload = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            workload = module.open_workload(request["open"], threads)
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
