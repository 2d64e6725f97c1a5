"""A network that rests twice as long as it works: what the gate must notice. `perf.wrap` puts it in place."""

import importlib.util
import time
from pathlib import Path

_spec = importlib.util.spec_from_file_location("served", Path(__file__).with_name("served.py"))
_served = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_served)


class TritonPythonModel(_served.TritonPythonModel):
    def execute(self, requests):
        started = time.perf_counter()
        answers = super().execute(requests)
        time.sleep(2 * (time.perf_counter() - started))
        return answers
