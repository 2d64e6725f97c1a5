"""SeaweedFS, object storage that speaks S3: on loopback, its data in `home`/s3."""

import shutil
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from studio.errors import StudioError
from studio.stack.postgres import INSTALL
from studio.stack.process import Service
from studio.stack.secret import secret, write_private

ACCESS_KEY = "studio"
PARTS = ("master", "volume", "filer", "s3", "admin")
PORTS = tuple(f"{part}.port{kind}" for part in PARTS for kind in ("", ".grpc"))
"""Its flags for ports; without those for gRPC it takes what lies 10,000 above the others."""


def binary() -> Path:
    """The server; raises `StudioError` with the command that installs it."""
    if (found := shutil.which("weed", path=str(Path(sys.executable).parent))) is not None:
        return Path(found)
    raise StudioError(f"SeaweedFS is not installed. Install it with: {INSTALL}")


def s3_url(port: int) -> str:
    """The address of this home's object storage."""
    return f"http://127.0.0.1:{port}"


def seaweedfs(home: Path, bucket: str, ports: dict[str, int]) -> Service:
    """Object storage with this home's data and one bucket, on a port for each of `PORTS`; S3 is at `s3.port`."""
    data = home / "s3"
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    key = secret(home, "s3")
    identity = {
        "name": ACCESS_KEY,
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": key}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    write_private(data / "s3.json", msgspec.json.encode({"identities": [identity]}).decode())
    # Found in the working directory. Without it whoever reaches the inner ports of this machine reads every object.
    signing = secret(home, "s3-signing")
    sections = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    write_private(data / "security.toml", "".join(f'[{name}]\nkey = "{signing}"\n' for name in sections))
    # Flags of the last start, which are not to be mixed with these.
    (data / "mini.options").unlink(missing_ok=True)
    flags = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "admin.ui": "false",
        "webdav": "false",
        "s3": "true",
        **ports,
        **{f"{part}.localSocket": data / f"{part}.sock" for part in ("filer", "s3")},
        "s3.config": data / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.iam": "false",
        "master.telemetry": "false",
        # What its only master knows the volumes tell it. Taking up old state it often is no leader yet when they
        # report, and hears from them 5 s later.
        "master.resumeState": "false",
        "master.volumeSizeLimitMB": 1024,
        # As many as fit on the disk.
        "volume.max": 0,
        "volume.preStopSeconds": 0,
    }
    reach = partial(answers, s3_url(ports["s3.port"]), ACCESS_KEY, key, bucket=bucket, region="us-east-1")
    return Service(
        name="SeaweedFS",
        command=[
            str(binary()),
            "-logtostderr",
            "mini",
            *(f"-{name}={value}" for name, value in flags.items()),
        ],
        cwd=data,
        log=home / "log" / "seaweedfs.log",
        ready=partial(reach, make=True),
        alive=partial(reach, make=False),
    )


def answers(url: str, access: str, secret: str, *, bucket: str, region: str, make: bool) -> bool:
    """Can the bucket be reached and, where that may be tried (`make`), be made and written?"""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(
        connect_timeout=2,
        read_timeout=3,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        # A proxy does not know this machine's own addresses.
        proxies={} if urlsplit(url).hostname == "127.0.0.1" else None,
    )
    client = boto3.client(
        "s3", endpoint_url=url, aws_access_key_id=access or None, aws_secret_access_key=secret or None,
        region_name=region, config=config,
    )  # fmt: skip
    try:
        if not make:
            client.head_bucket(Bucket=bucket)
            return True
        if bucket not in {found["Name"] for found in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=bucket)
        # The gateway answers before its storage does.
        client.put_object(Bucket=bucket, Key=".ready", Body=b".")
    except (BotoCoreError, ClientError):
        return False
    return True
