"""Measurements: parity with torch references, prompt adherence, shared steps, perf_analyzer."""
