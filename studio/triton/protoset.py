"""Triton's gRPC service as a descriptor set, for clients that need one (Triton has no reflection).

`python -m studio.triton.protoset docs/triton.protoset` writes it from the installed tritonclient.
"""

import sys
from pathlib import Path

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet


def protoset() -> bytes:
    """A serialized FileDescriptorSet of `inference.GRPCInferenceService` and what it depends on."""
    from tritonclient.grpc import service_pb2

    collected: dict[str, FileDescriptorProto] = {}

    def add(file: FileDescriptor) -> None:
        for dependency in file.dependencies:
            add(dependency)
        if file.name not in collected:
            collected[file.name] = FileDescriptorProto()
            file.CopyToProto(collected[file.name])

    add(service_pb2.DESCRIPTOR)
    return FileDescriptorSet(file=list(collected.values())).SerializeToString(deterministic=True)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(protoset())
