"""A stand-in for grpcurl, which is in no package that the tests can install.

It takes the flags that docs/triton-api.md uses and does with them what grpcurl does: reads the service
from the protoset alone, parses the JSON of -d as protobuf JSON, calls the method, prints protobuf JSON.
"""

import argparse
import sys
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

parser = argparse.ArgumentParser()
parser.add_argument("-plaintext", action="store_true", required=True)
parser.add_argument("-protoset", type=Path, required=True)
parser.add_argument("-d", required=True)
parser.add_argument("address")
parser.add_argument("method")
given = parser.parse_args()

pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(given.protoset.read_bytes()).file:
    pool.Add(file)
service, _, name = given.method.rpartition("/")
method = pool.FindServiceByName(service).FindMethodByName(name)
request = json_format.Parse(given.d, message_factory.GetMessageClass(method.input_type)())
with grpc.insecure_channel(given.address, [("grpc.max_receive_message_length", 64 << 20)]) as channel:
    call = channel.unary_unary(
        f"/{given.method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
    )
    try:
        sys.stdout.write(json_format.MessageToJson(call(request)))
    except grpc.RpcError as error:
        sys.exit(f"ERROR: {error.code()}: {error.details()}")
