"""The front door: the `studio` command, settings, and the local Triton server."""

import os

# Before grpc is imported. The stack starts processes while it speaks gRPC; with fork support, which is for children that
# go on with grpc and ours never do, its poller may abort a child before that becomes another program (grpc #43055):
# 16 of 300 starts died, none without.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
