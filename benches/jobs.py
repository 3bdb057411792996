"""Whole jobs: fits to their ends beside scikit-learn's from the same start, and detect with all defaults.

    python3 benches/jobs.py [--octomix PATH] [--turns 3] [--addresses 100000 1000000] [--list FILE ...] [--only fits detect]

after cargo build --release; fits need scikit-learn (pip install scikit-learn), and are left out without. The sets are
octomix's own, the mixed and that of whole /24s, and any lists of addresses that are named. A fit is the Bayesian mixture
of seven components, from labels that cut the ascending addresses into seven parts, until the lower bound changes by less
than the tolerance that octomix has for so many addresses. octomix is timed as a process, which reads the addresses and
labels them, too; scikit-learn is timed in its fit alone. Both must end at the same bound, or octomix a little higher. Times are of the processor,
medians of turns A B A B.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[variable] = "1"

REPOSITORY = Path(__file__).resolve().parent.parent
COMPONENTS = 7
# How many tolerances the bound of octomix may be lower, for ends of the same climb; and by what share of itself higher:
# octomix puts the components in the order of their masses in the end, which a Dirichlet process favours, and goes on.
ENDS, MORE = 10, 1e-5


class Bench:
    """Where octomix is, and how often to take turns."""

    def __init__(self, arguments, folder):
        self.octomix, self.turns, self.folder = arguments.octomix.resolve(), arguments.turns, Path(folder)

    def run(self, *arguments):
        """Runs octomix; processor seconds, wall seconds and peak MiB."""
        line = [self.octomix, *map(str, arguments)]
        start = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                line, stdout=subprocess.DEVNULL, stderr=errors, env=os.environ | {"NODEVICE_SELECT": "1"}
            )
            # Of this process alone: what all children took together would hide the peak of a small one.
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                errors.seek(0)
                sys.exit(f"jobs.py: octomix {' '.join(map(str, arguments))}: {errors.read().decode().strip()}")
        return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024

    def generated(self, shape, addresses):
        """A list of so many addresses of this shape."""
        path = self.folder / f"{shape}-{addresses}.txt"
        self.run("generate", "--addresses", addresses, "--shape", shape, "-o", path)
        return path


def number(quad):
    a, b, c, d = map(int, quad.split("."))
    return a << 24 | b << 16 | c << 8 | d


def quads(path):
    """The distinct addresses of a list, ascending."""
    lines = (line.split()[0] for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return sorted(set(lines), key=number)


def fit(bench, name, path):
    """A fit beside scikit-learn's; a row of the table."""
    import numpy as np
    from sklearn.mixture import BayesianGaussianMixture

    addresses = quads(path)
    labels = [at * COMPONENTS // len(addresses) for at in range(len(addresses))]
    start = bench.folder / "labels.csv"
    start.write_text("address,cluster\n" + "".join(f"{a},{k}\n" for a, k in zip(addresses, labels)))
    x = np.array([[int(octet) for octet in address.split(".")] for address in addresses], dtype=float)
    tol = max(1e-3, 1e-7 * len(addresses))

    class Mixture(BayesianGaussianMixture):
        def _initialize_parameters(self, X, *rest, **named):
            self._initialize(X, np.eye(COMPONENTS)[labels])

    theirs, ours, out = [], [], bench.folder / "fit"
    for _ in range(bench.turns):
        ours.append(bench.run("fit", path, "-k", COMPONENTS, "--init-file", start, "--n-init", 1, "-o", out)[0])
        model = Mixture(n_components=COMPONENTS, tol=tol, max_iter=1000)
        before = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x)
        theirs.append(time.process_time() - before)
    found = json.loads((out / "src" / "model.json").read_text())
    gain = found["lower_bound"] - model.lower_bound_
    if gain < -ENDS * tol or gain > MORE * abs(model.lower_bound_):
        sys.exit(f"jobs.py: {name}: octomix ends at {found['lower_bound']}, scikit-learn at {model.lower_bound_}")
    ratio = statistics.median(a / b for a, b in zip(theirs, ours))
    return [name, f"{len(addresses):,}", f"{model.n_iter_}", f"{found['n_iter']}", f"{statistics.median(theirs):.2f}",
            f"{statistics.median(ours):.3f}", f"{ratio:.0f}"]


def detect(bench, name, path, *options):
    """A detect with all defaults; a row of the table."""
    out = bench.folder / "detect"
    runs = [bench.run("detect", path, "-o", out, *options) for _ in range(bench.turns)]
    summary = json.loads((out / "summary.json").read_text())
    fitted = summary["src"]["fits"][-1]
    cpu, wall, peak = (statistics.median(column) for column in zip(*runs))
    return [name, f"{summary['src']['addresses']:,}", f"{fitted['objective']['lower_bound']:.1f}", f"{cpu:.2f}", f"{wall:.2f}",
            f"{peak:.0f}"]


def show(title, header, rows):
    print(f"\n{title}\n\n| " + " | ".join(header) + " |\n|" + " --- |" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--octomix", type=Path, default=REPOSITORY / "target/release/octomix")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--addresses", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--list", type=Path, nargs="*", default=[])
    parser.add_argument("--only", nargs="*", choices=["fits", "detect"], default=["fits", "detect"])
    arguments = parser.parse_args()
    if not arguments.octomix.exists():
        sys.exit(f"jobs.py: there is no {arguments.octomix}; run cargo build --release first")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments, folder)
        sets = [(f"{shape}", bench.generated(shape, n)) for n in arguments.addresses for shape in ("mixed", "slash24")]
        sets += [(path.stem, path) for path in arguments.list]
        if "fits" in arguments.only:
            try:
                import sklearn  # noqa: F401
            except ImportError:
                print("fits are left out: pip install scikit-learn")
            else:
                header = ["fit", "addresses", "iterations of scikit-learn", "of octomix", "scikit-learn, s", "octomix, s",
                          "ratio"]
                show("Whole fits, from the same start to the same bound", header, [fit(bench, *one) for one in sets])
        if "detect" in arguments.only:
            sets.append(("mixed", bench.generated("mixed", 5_000_000)))
            rows = [detect(bench, *one) for one in sets]
            rows.append(detect(bench, "mixed, parquet", sets[-1][1], "--tables", "parquet"))
            header = ["detect", "addresses", "lower bound", "CPU, s", "wall, s", "peak, MiB"]
            show("detect, all defaults", header, rows)


if __name__ == "__main__":
    main()
