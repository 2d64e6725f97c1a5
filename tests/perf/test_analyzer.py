"""The real perf_analyzer runs against the ensemble."""

import numpy as np
import pytest

from ensembles.manifest import read_manifest
from perf.analyzer import Load, analyze, install
from perf.gate.targets import TARGETS
from studio.errors import StudioError
from studio.settings import ROOT

pytestmark = pytest.mark.triton


def test_perf_analyzer_measures_the_ensemble(triton):
    target = next(target for target in TARGETS if target.network == "txt2img")
    manifest = read_manifest(triton.home / "models" / "pocket" / "manifest.json")
    measured = analyze(install(ROOT / "var" / "tools"), triton.grpc, target.load(manifest, 3, seed=0), 1, 3)
    assert "Throughput" in measured.printed
    assert measured.throughput > 0
    assert 0 < measured.p50 <= measured.p95


def test_an_unknown_model_is_one_error(triton):
    load = Load("no-such-model", [{"X": np.zeros(1, np.float32)}])
    with pytest.raises(StudioError, match="perf_analyzer ended with"):
        analyze(install(ROOT / "var" / "tools"), triton.grpc, load, 1, 1)
