"""octomix against scikit-learn: the same addresses, the same parameters, in one run.

    python benches/peers.py [--octomix PATH] [--quick] [--json FILE] [--only NAME ...]

runs in a virtual environment with scikit-learn (pip install scikit-learn), after cargo build --release.
Both take turns, A B A B, after a warm-up; what is told are medians, and the medians of the ratios within
each turn. Results are compared before a time is believed. Wall time counts where threads do, otherwise
CPU time: other programs disturb it less.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[variable] = "1"

import numpy as np
from sklearn.cluster import KMeans
from sklearn.cluster._k_means_lloyd import lloyd_iter_chunked_dense
from sklearn.decomposition import PCA
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture

REPOSITORY = Path(__file__).resolve().parent.parent
LISTS = REPOSITORY / "tests/golden/lists"
# How many times as fast octomix is to be.
GOALS = {"EM sparse": 100, "EM mixed": 100, "EM slash24": 140, "EM sparse, gpu": 35, "K-Means sparse": 15,
         "K-Means slash24": 60, "two threads, expectation": 1.8, "two threads, lloyd": 1.8, "tutorial": 25,
         "tutorial, in one process": 60}


class Bench:
    """Where octomix is, how often to take turns, and what came out."""

    def __init__(self, octomix, turns, addresses, folder):
        self.octomix, self.turns, self.addresses, self.folder = octomix, turns, addresses, folder
        self.rows = []

    def run(self, *arguments, threads=None):
        """Runs octomix; its standard output."""
        env = os.environ | {"NODEVICE_SELECT": "1"} | ({"RAYON_NUM_THREADS": str(threads)} if threads else {})
        done = subprocess.run([self.octomix, *map(str, arguments)], env=env, capture_output=True, cwd=self.folder)
        if done.returncode != 0:
            sys.exit(f"peers.py: octomix {' '.join(map(str, arguments))}: {done.stderr.decode().strip()}")
        return done.stdout

    def timing(self, *arguments, threads=None):
        """The one timing of octomix bench."""
        report = json.loads(self.run("bench", *arguments, "--format", "json", threads=threads))
        return report["timings"][0]

    def add(self, what, theirs, ours, by="cpu"):
        """Takes in one row from lists of (cpu, wall) seconds, turn by turn, without the warm-up."""
        ratios = {name: statistics.median(a[i] / b[i] for a, b in zip(theirs[1:], ours[1:]))
                  for i, name in enumerate(["cpu", "wall"])}
        median = lambda times: 1000 * statistics.median(t[["cpu", "wall"].index(by)] for t in times[1:])
        goal = GOALS.get(what)
        row = {"what": what, "theirs_ms": median(theirs), "ours_ms": median(ours), "ratio_cpu": ratios["cpu"],
               "ratio_wall": ratios["wall"], "by": by, "goal": goal,
               "reached": None if goal is None else ratios[by] >= goal}
        self.rows.append(row)
        print(show(row), flush=True)

    def set(self, shape, model, *fit):
        """A synthetic set as a file and as scikit-learn takes it, and a model fitted to it by octomix."""
        path = self.folder / f"{shape}.txt"
        if not path.exists():
            self.run("generate", "--addresses", self.addresses, "--shape", shape, "-o", path)
        self.run("fit", path, "--model", model, "--n-init", 1, "--max-iter", 20, *fit, "-o", f"{model}-{shape}")
        file = self.folder / f"{model}-{shape}" / "src/model.json"
        return path, octets(path), file, json.loads(file.read_text())


def octets(path):
    """The addresses of a list as n x 4 floats."""
    text = path.read_text().strip().replace("\n", ".")
    return np.array(text.split("."), dtype=np.float64).reshape(-1, 4)


def timed(work):
    """What `work` returns, and its (cpu, wall) seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, (time.process_time() - cpu, time.perf_counter() - wall)


def close(name, found, expected, relative, scale=None):
    """Ends the run unless `found` is near `expected`."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    scale = np.abs(expected) if scale is None else scale
    if not (np.abs(found - expected) <= relative * scale).all():
        sys.exit(f"peers.py: {name}: octomix finds {found}, scikit-learn {expected}")


def em(bench, shape):
    """One iteration of EM, K = 8, full covariances: the E-step and the M-step."""
    path, points, file, model = bench.set(shape, "gaussian", "-k", 8)
    engines = {"": ("cpu", 1), ", 2 threads": ("cpu", 2), ", gpu": ("gpu", None)}
    theirs, ours = [], {name: [] for name in engines}
    for _ in range(bench.turns + 1):
        mixture = GaussianMixture(8)
        for name in ["weights", "means", "precisions_cholesky"]:
            setattr(mixture, name + "_", np.array(model[name]))

        def iteration():
            mean_log, log_resp = mixture._e_step(points)
            mixture._m_step(points, log_resp)
            return mean_log

        mean_log, seconds = timed(iteration)
        theirs.append(seconds)
        for name, (engine, threads) in engines.items():
            timing = bench.timing(path, "--model", file, "--pass", "expectation", "--engine", engine,
                                  "--seconds", 0.3, threads=threads)
            ours[name].append((timing["cpu_seconds"], timing["seconds"]))
            sums, n = timing["sums"], len(points)
            close("log-likelihood", sums["log_likelihood"], mean_log * n, 1e-6)
            close("weights", np.array(sums["weights"]) / n, mixture.weights_, 1e-4)
            covariances = np.array(sums["covariances"]) + mixture.reg_covar * np.eye(4)
            # Relative to the spread: means and covariances may be 0.
            spread = np.sqrt(np.diagonal(mixture.covariances_, axis1=1, axis2=2))
            close("means", sums["means"], mixture.means_, 1e-4, spread)
            scale = spread[:, :, None] * spread[:, None, :]
            close("covariances", covariances, mixture.covariances_, 1e-4, scale)
    for name in engines:
        bench.add(f"EM {shape}{name}", theirs, ours[name], "wall" if "threads" in name else "cpu")


def kmeans(bench, shape):
    """One iteration of Lloyd's K-Means, K = 5: labels, counts, new centres."""
    path, points, file, model = bench.set(shape, "kmeans", "-k", 5)
    centres = np.array(model["cluster_centers"])
    n, k = len(points), len(centres)
    weight, labels = np.ones(n), np.empty(n, np.int32)
    moved, counts, shift = np.empty_like(centres), np.empty(k), np.empty(k)
    theirs, ours = [], []
    for _ in range(bench.turns + 1):
        _, seconds = timed(lambda: lloyd_iter_chunked_dense(
            points, weight, centres, moved, counts, labels, shift, 1))
        theirs.append(seconds)
        timing = bench.timing(path, "--model", file, "--pass", "lloyd", "--engine", "cpu",
                              "--seconds", 0.1, threads=1)
        ours.append((timing["cpu_seconds"], timing["seconds"]))
        close("counts", timing["sums"]["counts"], counts, 0)
        inertia = ((points - centres[labels]) ** 2).sum()
        close("inertia", timing["sums"]["inertia"], inertia, 1e-9)
    bench.add(f"K-Means {shape}", theirs, ours)


def threads(bench, name):
    """A pass of octomix on one thread and on two, by the clock."""
    arguments = ["--addresses", 10 * bench.addresses, "--shape", "sparse", "--pass", name, "--engine", "cpu",
                 "-k", 8, "--seconds", 0.5]
    taken = {1: [], 2: []}
    for _ in range(bench.turns + 1):
        for count, times in taken.items():
            timing = bench.timing(*arguments, threads=count)
            times.append((timing["cpu_seconds"], timing["seconds"]))
    bench.add(f"two threads, {name}", taken[1], taken[2], "wall")


# Role, list, components of the two mixtures.
TUTORIAL = [("src", LISTS / "tutorial_src.txt", [7, 3]), ("dst", LISTS / "tutorial_dst.txt", [5, 4])]


def tutorial_of_sklearn():
    """The tutorial's modelling, in this process, without the imports."""
    warnings.simplefilter("ignore")

    def model():
        found = {}
        for role, path, components in TUTORIAL:
            points = octets(path)
            for k in components:
                mixture = BayesianGaussianMixture(n_components=k, n_init=10).fit(points)
                densities = mixture.score_samples(points)
                low = densities < np.percentile(densities, 4)
                found[f"{role} {k}"] = mixture.lower_bound_
                found[f"{role} {k} anomalies"] = int(low.sum())
                mixture.predict(points)
            for k in range(1, 10):
                found[f"{role} sweep {k}"] = KMeans(n_clusters=k, n_init=10).fit(points).inertia_
            found[f"{role} inertia"] = KMeans(n_clusters=5, n_init=200).fit(points).inertia_
            PCA(n_components=2).fit_transform(points)
        return found

    found, (cpu, wall) = timed(model)
    print(json.dumps({"found": found, "cpu": cpu, "wall": wall}))


def tutorial_of_octomix(bench):
    """The same by whole processes, their files included."""
    found = {}
    read = lambda name: json.loads((bench.folder / name).read_text())

    def model():
        plain = ["--search", "restarts", "--n-init", 10, "--max-iter", 100, "--format", "json"]
        for role, path, components in TUTORIAL:
            for k in components:
                out = f"tutorial-{role}-{k}"
                bench.run("detect", path, "--role", role, "-k", k, *plain, "-o", out)
            bench.run("sweep", path, "--role", role, "--model", "kmeans", "--k", "1..9", "-o", "tutorial-sweep")
            bench.run("fit", path, "--role", role, "--model", "kmeans", "-k", 5, "--n-init", 200,
                      "-o", "tutorial-kmeans")

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, (_, wall) = timed(model)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for role, _, components in TUTORIAL:
        for k in components:
            found[f"{role} {k}"] = read(f"tutorial-{role}-{k}/{role}/model.json")["lower_bound"]
            lines = (bench.folder / f"tutorial-{role}-{k}/{role}/anomalies.csv").read_text().splitlines()
            found[f"{role} {k} anomalies"] = len(lines) - 1
        for row in read(f"tutorial-sweep/{role}/sweep.json")["rows"]:
            found[f"{role} sweep {row['k']}"] = row["inertia"]
        found[f"{role} inertia"] = read(f"tutorial-kmeans/{role}/model.json")["inertia"]
    return found, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def tutorial_of_the_library(example):
    """The same by calls of the library in one process a list."""
    found = {}

    def model():
        for role, path, components in TUTORIAL:
            done = subprocess.run([example, path, *map(str, components)], capture_output=True, check=True, text=True)
            for line in done.stdout.splitlines():
                match line.split():
                    case ["mixture", k, bound, flagged]:
                        found[f"{role} {k}"] = float(bound)
                        found[f"{role} {k} anomalies"] = int(flagged)
                    case ["sweep", k, inertia]:
                        found[f"{role} sweep {k}"] = float(inertia)
                    case ["inertia", inertia]:
                        found[f"{role} inertia"] = float(inertia)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, (_, wall) = timed(model)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def tutorial(bench):
    """The whole of the tutorial's modelling. Seeds differ, so optima do: octomix's must be no worse than
    the worst of scikit-learn's turns."""
    theirs, best = [], {}
    example = bench.octomix.parent / "examples/tutorial"
    ways = {"tutorial": lambda: tutorial_of_octomix(bench)}
    if example.exists():
        ways["tutorial, in one process"] = lambda: tutorial_of_the_library(example)
    else:
        print(f"the tutorial in one process is left out: there is no {example}; run cargo build --release --examples")
    ours = {name: [] for name in ways}
    for _ in range(bench.turns + 1):
        done = subprocess.run([sys.executable, __file__, "--tutorial"], capture_output=True, check=True)
        of_sklearn = json.loads(done.stdout)
        theirs.append((of_sklearn["cpu"], of_sklearn["wall"]))
        for name, value in of_sklearn["found"].items():
            best.setdefault(name, []).append(value)
        found = {}
        for name, way in ways.items():
            found[name], seconds = way()
            ours[name].append(seconds)
    for way, found in found.items():
        for name, values in best.items():
            value = found[name]
            worse = (value not in values if "anomalies" in name
                     else value > 1.001 * max(values) if "sweep" in name or "inertia" in name
                     else value < min(values) - 1)
            if worse:
                sys.exit(f"peers.py: {way}, {name}: octomix finds {value}, scikit-learn {values}")
        bench.add(way, theirs, ours[way])


def torch(bench):
    """The same iteration of EM as users of PyTorch would write it, on the GPU, by the clock."""
    try:
        import torch as t
    except ImportError:
        return print("PyTorch is left out: it is not installed")
    if not t.cuda.is_available():
        return print("PyTorch is left out: it finds no CUDA device")
    path, points, file, model = bench.set("sparse", "gaussian", "-k", 8)
    x = t.tensor(points, dtype=t.float32, device="cuda")
    tensor = lambda name: t.tensor(np.array(model[name]), dtype=t.float32, device="cuda")
    weights, means, factors = tensor("weights"), tensor("means"), tensor("precisions_cholesky")

    @t.compile
    def iteration(x, weights, means, factors):
        y = t.einsum("nki,kij->nkj", x[:, None] - means, factors)
        log_det = factors.diagonal(dim1=1, dim2=2).log().sum(1)
        log_p = weights.log() + log_det - 0.5 * (y * y).sum(2) - 2 * np.log(2 * np.pi)
        log_sum = t.logsumexp(log_p, 1)
        r = (log_p - log_sum[:, None]).exp()
        n = r.sum(0)
        mean = r.T @ x / n[:, None]
        d = x[:, None] - mean
        return log_sum.sum(), n, mean, t.einsum("nk,nki,nkj->kij", r, d, d) / n[:, None, None]

    def synchronous():
        result = iteration(x, weights, means, factors)
        t.cuda.synchronize()
        return result

    synchronous()
    theirs, ours = [], []
    for _ in range(bench.turns + 1):
        result, seconds = timed(synchronous)
        theirs.append(seconds)
        timing = bench.timing(path, "--model", file, "--pass", "expectation", "--engine", "gpu", "--seconds", 0.3)
        ours.append((timing["cpu_seconds"], timing["seconds"]))
        close("weights", timing["sums"]["weights"], result[1].cpu(), 1e-3)
    bench.add("EM sparse, PyTorch", theirs, ours, "wall")


def show(row):
    """One line of the table."""
    goal = "" if row["goal"] is None else f"{row['goal']:>6}x {'yes' if row['reached'] else 'NO'}"
    return (f"{row['what']:26} {row['theirs_ms']:10.1f} {row['ours_ms']:10.2f} {row['by']:>5} "
            f"{row['ratio_cpu']:8.1f}x {row['ratio_wall']:8.1f}x {goal}")


PARTS = {
    "em": lambda bench: [em(bench, shape) for shape in ["sparse", "slash24", "mixed"]],
    "kmeans": lambda bench: [kmeans(bench, shape) for shape in ["sparse", "slash24"]],
    "threads": lambda bench: [threads(bench, name) for name in ["expectation", "lloyd"]],
    "tutorial": tutorial,
    "torch": torch,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--octomix", default=REPOSITORY / "target/release/octomix", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the addresses, three turns")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--tutorial", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.tutorial:
        return tutorial_of_sklearn()
    if not args.octomix.exists():
        sys.exit(f"peers.py: there is no {args.octomix}; cargo build --release, or name one with --octomix")
    print(f"{'what':26} {'theirs ms':>10} {'octomix ms':>10} {'time':>5} {'ratio cpu':>9} {'ratio wall':>9} goal")
    with tempfile.TemporaryDirectory() as folder:
        turns, addresses = (3, 100_000) if args.quick else (5, 1_000_000)
        bench = Bench(args.octomix.resolve(), turns, addresses, Path(folder))
        for name in args.only:
            PARTS[name](bench)
    if args.json:
        args.json.write_text(json.dumps(bench.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
