"""One peer as a child process: answers requests, a line of JSON each.

    python3 peer.py torch_networks 2

says hello with versions, or why it is absent. Then `{"open": {...}}` makes a
work ready and answers values that both sides must agree on, `{"run": true}`
does it once and answers seconds and values, `{"peak": true}` the largest
resident size in bytes.
"""

import ctypes
import importlib
import json
import sys
import time


def openblas_kernels():
    """Kernels that the loaded OpenBLAS libraries chose for this machine."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    names = []
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        library.openblas_get_corename.restype = ctypes.c_char_p
        names.append(library.openblas_get_corename().decode())
    return ", ".join(sorted(set(names)))


def peak_bytes():
    """Not from getrusage, which begins with what the parent held."""
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
        answer({"absent": str(error)})
        return
    try:
        kernels = openblas_kernels()
    except OSError:  # no /proc
        kernels = ""
    if kernels:
        versions["openblas kernel"] = kernels
    answer({"versions": versions})
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            work = module.open_work(request["open"], threads)
            answer({"values": work.check()})
        elif "run" in request:
            started = time.perf_counter()
            values = work.run()
            seconds = time.perf_counter() - started
            # What is not part of the work, such as judging it, comes after.
            answer({"seconds": seconds, "values": work.judge(values)})
        else:
            answer({"bytes": peak_bytes()})


main()
