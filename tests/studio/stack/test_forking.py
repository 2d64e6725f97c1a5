"""Processes that are started while gRPC is at work come up."""

import subprocess
import sys

STARTS = 200
SCRIPT = f"""
import os, studio, subprocess, threading, time
from concurrent import futures
import grpc

server = grpc.server(futures.ThreadPoolExecutor(2))
port = server.add_insecure_port("127.0.0.1:0")
server.start()

def speak():
    while True:
        with grpc.insecure_channel(f"127.0.0.1:{{port}}") as channel:
            try:
                channel.unary_unary("/no/thing")(b"", timeout=1)
            except grpc.RpcError:
                pass

for _ in range(3):
    threading.Thread(target=speak, daemon=True).start()
# As the stack starts them: something runs between fork and exec.
died = [subprocess.run(["/bin/true"], preexec_fn=lambda: time.sleep(0.002)).returncode for _ in range({STARTS})]
print(sum(code != 0 for code in died), flush=True)
os._exit(0)
"""


def test_none_of_them_dies_of_grpcs_fork_handlers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "0", done.stderr
