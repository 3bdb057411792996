"""What is told of mistakes: the parameter, what was found, and what to do."""

import gzip
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from conftest import GOLDEN
from sklearn import decomposition

import octomix as ox

X = ox.read(GOLDEN / "lists/tutorial_src.txt", progress=False).src.addresses
FEW = ["10.0.0.1", "10.0.0.2", "172.16.0.1"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ox.GaussianMixture(2, covariance_type="fulll").fit(X), "covariance_type: unknown variant 'fulll', expected one of"),
        (lambda: ox.KMeans(2, tol="a").fit(X), 'tol: invalid type: string "a", expected a number'),
        (lambda: ox.GaussianMixture(2, means_init=[[1, 2]]).fit(X), "means_init: "),
        (lambda: ox.BayesianGaussianMixture(n_components=2, mean_prior="b").fit(X), "mean_prior"),
        (lambda: ox.detect(X, threshold=4), "threshold, such as 'percentile:4', must be text, got 4"),
        (lambda: ox.detect(X, random_state="a"), "random_state must be a whole number"),
        (lambda: ox.detect(X, n_init="a"), "n_init must be a whole number, got 'a'"),
        (lambda: ox.detect(X, k="atuo"), "k must be 'auto' or a whole number, got 'atuo'"),
        (lambda: ox.detect(X, k=2.5), "k must be a whole number, got 2.5"),
        (lambda: ox.detect(X, model=ox.KMeans(3)), "model must be text"),
        (lambda: ox.detect("day.csv"), "octomix.read reads a file"),
        (lambda: ox.read("day.csv", where=5), "where must be text, got 5"),
        (lambda: ox.read("day.csv", strict="no"), "strict must be True or False, got 'no'"),
        (lambda: ox.read("day.csv", day_first=True, month_first=True), "exclude each other"),
        (lambda: ox.read(5), "paths must be a path or several, got 5"),
        (lambda: ox.sweep(X, ks=[]), "ks must have a number"),
        (lambda: ox.sweep(X, model="kmeans"), "model must be a mixture or K-Means of octomix"),
        (lambda: ox.score(X, X), "model, which comes first, must be a folder"),
        (lambda: ox.KMeans(2).fit(np.array([[1, 2, 3, 4], [1, 2, 3, 256]])), r"row 1 \(from 0\) is \[1, 2, 3, 256\]"),
        (lambda: ox.KMeans(2).fit(np.array(["10.0.0.1", float("nan")], dtype=object)), r"row 1 \(from 0\) is nan; leave out"),
    ],
)
def test_a_mistake_is_told_with_its_parameter(call, told):
    with pytest.raises(ValueError, match=told) as error:
        call()
    for foreign in ["line 1", "f64", "usize", "os error"]:
        assert foreign not in str(error.value)


def test_files_that_are_missing_are_of_the_systems_kind(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        ox.load(tmp_path / "none.json")
    assert "os error" not in str(error.value)
    with pytest.raises(IsADirectoryError):
        ox.load(tmp_path)


def test_single_texts_stand_for_lists_of_one():
    found = ox.detect(X, k=3, rules="reserved", allow="0.0.0.0/8", random_state=None)
    assert found.src.findings.rows == 0


def test_a_sweep_goes_as_far_as_there_are_addresses():
    assert ox.sweep(FEW)["k"].tolist() == [1, 2, 3]
    assert ox.sweep(FEW, ks=2)["k"].tolist() == [2]


def test_addresses_of_any_type_are_written_in_dots():
    assert ox.dotted(FEW) == ox.dotted(np.array([[10, 0, 0, 1], [10, 0, 0, 2], [172, 16, 0, 1]])) == FEW


def test_principal_components_become_scikit_learns():
    ours = ox.PCA(2).fit(X)
    theirs = ours.to_sklearn()
    assert isinstance(theirs, decomposition.PCA)
    octets = X.astype(">u4").view(np.uint8).reshape(-1, 4).astype(float)
    assert np.allclose(theirs.transform(octets), ours.transform(X))
    assert not hasattr(ours, "save") and pickle.loads(pickle.dumps(ours)).n_samples_ == len(X)


def test_nothing_is_said_while_a_gpu_is_looked_for():
    program = "import octomix as ox; ox.GaussianMixture(2, engine='auto').fit(range(300_000)); ox.devices()"
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_what_does_not_fit_into_memory_is_a_memory_error():
    model = ox.GaussianMixture(2, random_state=0).fit(X)
    with pytest.raises(MemoryError):
        model.sample(10**17)
    with pytest.raises(ValueError, match="n_samples"):
        model.sample(0)


def test_labels_to_start_from_are_whole_and_in_range():
    for labels in (np.full(len(X), 0.9), np.full(len(X), -1), np.full(len(X), 2)):
        with pytest.raises(ValueError, match="init_params"):
            ox.GaussianMixture(2, init_params=labels).fit(X)


def test_what_is_cut_off_is_a_warning(tmp_path, packets):
    whole = gzip.compress(packets.read_bytes())
    (tmp_path / "half.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.warns(UserWarning, match="is cut off"):
        capture = ox.read(tmp_path / "half.csv.gz")
    assert len(capture.warnings) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_is_refused_rather_than_left_waiting():
    program = """
import os, octomix as ox
def child():
    try:
        ox.KMeans(2).fit([1, 2, 3, 4])
    except ox.OctomixError as error:
        os._exit(3 if "spawn" in str(error) else 4)
    os._exit(0)
def ended():
    pid = os.fork()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else child()
before = ended()
ox.KMeans(2).fit([1, 2, 3, 4])
print(before, ended())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout == "0 3\n", run.stderr
