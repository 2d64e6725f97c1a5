"""The gate that no slow release passes: perf_analyzer's latencies against perf/baseline.json."""
