"""The real perf_analyzer runs against the ensemble."""

import csv

import pytest

from perf.analyzer import analyze, install
from studio.settings import ROOT
from studio.triton.server import Running

pytestmark = pytest.mark.triton


def test_perf_analyzer_measures_the_ensemble(triton, tmp_path):
    host, port = triton.grpc.split(":")
    state = Running(pid=0, host=host, http_port=0, grpc_port=int(port), metrics_port=0)
    out = tmp_path / "report.csv"
    printed = analyze(install(ROOT / "var" / "tools"), state, 1, 3, out)
    assert "Throughput" in printed
    (row,) = csv.DictReader(out.open())
    assert float(row["Inferences/Second"]) > 0
    assert float(row["p95 latency"]) > 0
