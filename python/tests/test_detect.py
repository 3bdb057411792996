"""Detections are the program's."""

import json

import numpy as np
import pytest

import octomix as ox


@pytest.fixture(scope="module")
def detection():
    from conftest import ROOT

    return ox.detect(ox.read(ROOT / "examples/tutorial_packets.csv"), engine="cpu")


def test_findings_are_told_with_their_reasons(detection):
    findings = detection.src.findings.to_pandas()
    assert findings.address.tolist() == ["172.19.2.66", "0.0.0.0"] and findings.finding.all()
    assert "nothing else here begins with 172" in findings.reason[0]
    assert (len(detection.src.flagged["address"]), len(detection.dst.addresses)) == (8, 107)
    assert "2 worth a look" in repr(detection) and detection.any is None
    assert detection.src.threshold == pytest.approx(-14.049, abs=1e-3)


def test_the_model_is_an_estimator(detection):
    model = detection.dst.model
    assert len(model.weights_) == len(detection.dst.clusters)
    assert (model.score_samples(detection.dst.flagged["address"]) < detection.dst.threshold).any()


def test_the_page_is_whole_and_sandboxed(detection):
    shown = detection._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and 'sandbox="allow-scripts"' in shown
    assert "172.19.2.66" in detection.page and "http://" not in detection.page.replace("http://www.w3.org/", "")


def test_it_is_saved_as_the_program_does_and_scores_another_day(detection, packets, tmp_path):
    detection.save(tmp_path / "monday", tables="parquet")
    names = {path.name for path in (tmp_path / "monday/src").iterdir()}
    assert names == {"addresses.parquet", "anomalies.csv", "flagged.roaring", "model.json", "seen.roaring"}
    summary = json.loads((tmp_path / "monday/summary.json").read_text())
    assert summary["src"]["finding_count"] == 2
    assert ox.load(tmp_path / "monday/src/model.json").means_.shape[1] == 4
    capture = ox.read(packets, only=["192.168.0.0/16"])
    for model in (tmp_path / "monday", detection, tmp_path / "monday/src/model.json"):
        assert ox.score(model, capture).src.model is None
    estimator = ox.GaussianMixture(3, random_state=0).fit(capture.src)
    scored = ox.score(estimator, capture)
    assert "no threshold" in " ".join(scored.warnings) and scored.src and scored.dst


def test_pictures_are_saved_where_they_are_asked_for(detection, tmp_path):
    detection.save(tmp_path, tables="none", plots=True)
    assert (tmp_path / "src/plane.svg").read_text().startswith("<svg")
    assert (tmp_path / "dst/plane.png").read_bytes().startswith(b"\x89PNG")


def test_no_result_takes_the_place_of_an_input(packets, tmp_path, monkeypatch):
    read = tmp_path / "out/src/addresses.csv"
    read.parent.mkdir(parents=True)
    read.write_bytes(packets.read_bytes())
    monkeypatch.chdir(tmp_path)
    found = ox.detect(ox.read("out/src/addresses.csv"))
    # Wherever one is when it is saved.
    monkeypatch.chdir(tmp_path / "out")
    with pytest.raises(ValueError, match="is an input, and results would take its place"):
        found.save(tmp_path / "out", tables="none")
    assert read.read_bytes() == packets.read_bytes()


def test_arrays_are_captures_too():
    X = np.append(np.arange(0x0A000000, 0x0A000100, dtype=np.uint32), np.uint32(0x2A000000))
    assert ox.detect(X, k=3, model="kmeans").src.findings["address"].tolist() == ["42.0.0.0"]
    assert len(ox.detect(X, allow=["42.0.0.0/8"], rules=["isolated"]).src.findings["address"]) == 0


def test_warnings_name_parameters_too():
    warnings = ox.detect(["10.0.0.1", "10.0.0.2"], pairs=True).warnings
    assert any(warning.startswith("no pairs: ") and "or behaviour is off" in warning for warning in warnings)


@pytest.mark.parametrize(
    "wrong, told",
    [({"k": 0}, "k must"), ({"model": "x"}, "'bayesian'"), ({"threshold": "x"}, "percentile"), ({"rules": ["x"]}, "a rule"),
     ({"allow": ["x"]}, "CIDR"), ({"engine": "x"}, "engine"), ({"weight": "x"}, "weight"), ({"score": "x"}, "score")],
)
def test_mistakes_are_told(wrong, told):
    with pytest.raises(ValueError, match=told):
        ox.detect(["10.0.0.1", "10.0.0.2"], **wrong)
