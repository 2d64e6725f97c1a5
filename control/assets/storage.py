"""Object storage that speaks S3: the one client of a process, in threads of its own.

Methods raise `Unavailable` where the storage does not answer, `MissingObject` where there is no such object, and
`ControlError` where the studio itself is refused there.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import IO, Any, NoReturn, TypeVar, cast
from urllib.parse import quote, urlsplit

import msgspec

from control.assets.names import named
from control.errors import ControlError, Unavailable
from control.settings import ControlSettings

THREADS = 16
"""Requests to the storage that one process has under way; as many connections."""
CHUNK = 256 * 1024
"""Bytes that `stream` reads at a time."""
IMMUTABLE = "private, max-age=31536000, immutable"
"""Cache-Control of what a content-addressed key holds."""

T = TypeVar("T")
Body = bytes | IO[bytes]


class MissingObject(ControlError):
    """There is no such object, multipart upload or part in the storage."""


class Refused(ControlError):
    """The storage understood and will not: `code` is S3's own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The object storage refuses the studio ({code}). Check STUDIO_S3_*.")
        self.code = code


class Head(msgspec.Struct, frozen=True):
    """What the storage knows of an object."""

    size: int
    """Bytes."""
    media_type: str
    modified_at: datetime
    etag: str = ""
    restoring: bool | None = None
    """Of an archived object: is it being brought back?"""


class Part(msgspec.Struct, frozen=True):
    """A part of a multipart upload that has arrived."""

    number: int
    """From 1."""
    size: int
    """Bytes."""
    etag: str


class Storage:
    """The bucket of the settings. Made without asking it anything, so that the API starts without it."""

    def __init__(self, settings: ControlSettings) -> None:
        self._settings = settings
        self.bucket = settings.s3_bucket
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ends its threads once what is under way is done."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for client in self._clients.values():
            client.close()

    async def check(self) -> None:
        """Raises where the bucket does not answer, or not to us."""
        await self._do("head_bucket")

    async def ready(self) -> bool:
        """Does the bucket answer?"""
        try:
            await self.check()
        except ControlError:
            return False
        return True

    # Objects.

    async def put(self, key: str, data: Body, media_type: str, *, cache: str = IMMUTABLE) -> None:
        """Writes an object. A file is read from its beginning, piece by piece."""
        if not isinstance(data, bytes):
            data.seek(0)
        await self._do("put_object", Key=key, Body=data, ContentType=media_type, CacheControl=cache)

    async def get(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """An object's bytes, or those from `start` to before `end`."""

        def read() -> bytes:
            with self._open(key, start, end) as body:
                return cast(bytes, body.read())

        return await self._thread(read)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The same, piece by piece, however large it is."""
        body = await self._thread(lambda: self._open(key, start, end))
        try:
            while data := await self._thread(lambda: cast(bytes, body.read(CHUNK))):
                yield data
        finally:
            body.close()

    async def fetch(self, key: str, into: IO[bytes]) -> None:
        """Writes an object's bytes into a file, from where it stands."""

        def copy() -> None:
            with self._open(key, 0, None) as body:
                while data := body.read(CHUNK):
                    into.write(data)

        await self._thread(copy)

    async def head(self, key: str) -> Head | None:
        """What is known of an object; None where there is none."""
        try:
            found = await self._do("head_object", Key=key)
        except MissingObject:
            return None
        restore = found.get("Restore")
        return Head(
            size=found["ContentLength"],
            media_type=found.get("ContentType", ""),
            modified_at=found["LastModified"],
            etag=found["ETag"],
            restoring=None if restore is None else 'ongoing-request="true"' in restore,
        )

    async def delete(self, *keys: str) -> None:
        """Removes objects; those that are not there are as good as removed."""
        for key in keys:
            await self._do("delete_object", Key=key)

    async def keys(self, prefix: str = "") -> AsyncIterator[str]:
        """Keys that begin so."""
        after = ""
        while True:
            page = await self._do(
                "list_objects_v2", Prefix=prefix, **({"StartAfter": after} if after else {})
            )
            for found in page.get("Contents", []):
                yield found["Key"]
            if not page.get("IsTruncated"):
                return
            after = page["Contents"][-1]["Key"]

    async def do(self, operation: str, **arguments: Any) -> Any:
        """An S3 operation on the bucket that has no method here, by boto3's name."""
        return await self._do(operation, **arguments)

    # Addresses that need no other proof, for browsers.

    async def presign_get(self, key: str, seconds: int, *, name: str = "", media_type: str = "") -> str:
        """An address of an object, good for so long. With `name`, browsers save it under that name."""
        options = {"ResponseContentType": media_type} if media_type else {}
        if name:
            options["ResponseContentDisposition"] = disposition(name, media_type=media_type)
        return await self._presign("get_object", seconds, Key=key, **options)

    async def presign_parts(
        self, key: str, storage_id: str, sizes: dict[int, int], seconds: int
    ) -> dict[int, str]:
        """Part's number → address that takes it, with exactly the bytes that `sizes` says."""

        def sign() -> dict[int, str]:
            return {
                number: self._signed(
                    "upload_part", seconds,
                    Key=key, UploadId=storage_id, PartNumber=number, ContentLength=size,
                )
                for number, size in sizes.items()
            }  # fmt: skip

        return await self._thread(sign)

    # Uploads in parts.

    async def create_multipart(self, key: str) -> str:
        """Begins one; its id at the storage."""
        made = await self._do("create_multipart_upload", Key=key)
        return str(made["UploadId"])

    async def parts(self, key: str, storage_id: str) -> list[Part]:
        """Those that have arrived, by number; raises `MissingObject` where the upload has ended."""
        found: list[Part] = []
        marker = 0
        while True:
            page = await self._do("list_parts", Key=key, UploadId=storage_id, PartNumberMarker=marker)
            found += [Part(part["PartNumber"], part["Size"], part["ETag"]) for part in page.get("Parts", [])]
            if not page.get("IsTruncated"):
                return found
            marker = page["NextPartNumberMarker"]

    async def complete_multipart(self, key: str, storage_id: str, parts: Sequence[Part]) -> None:
        """Makes them one object."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        await self._do(
            "complete_multipart_upload", Key=key, UploadId=storage_id, MultipartUpload={"Parts": listed}
        )

    async def begun_multiparts(self, key: str) -> list[str]:
        """The ids of uploads to `key` that have not ended."""
        page = await self._do("list_multipart_uploads", Prefix=key)
        return [found["UploadId"] for found in page.get("Uploads", []) if found["Key"] == key]

    async def abort_multipart(self, key: str, storage_id: str) -> None:
        """Drops the upload and its parts; nothing happens where it has ended."""
        try:
            await self._do("abort_multipart_upload", Key=key, UploadId=storage_id)
        except MissingObject:
            return

    # Below: in threads.

    def _open(self, key: str, start: int, end: int | None) -> Any:
        part = (
            {} if not start and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        )
        return self._call(lambda: self._client().get_object(Bucket=self.bucket, Key=key, **part))["Body"]

    async def _do(self, operation: str, **arguments: Any) -> Any:
        return await self._thread(lambda: getattr(self._client(), operation)(Bucket=self.bucket, **arguments))

    async def _presign(self, operation: str, seconds: int, **arguments: Any) -> str:
        return await self._thread(lambda: self._signed(operation, seconds, **arguments))

    def _signed(self, operation: str, seconds: int, **arguments: Any) -> str:
        client = self._client(self._settings.s3_public_url)
        parameters = {"Bucket": self.bucket, **arguments}
        return str(client.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds))

    async def _thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, call)

    def _call(self, call: Callable[[], T]) -> T:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call()
        except ClientError as error:
            _refused(error.response)
        except (BotoCoreError, OSError) as error:
            raise Unavailable(
                "The object storage does not answer just now. Send the request again.",
                cause=type(error).__name__,
            ) from None

    def _client(self, public: str = "") -> Any:
        """The client for an address; the storage's own without one."""
        url = public or self._settings.s3_url
        if not url:
            raise ControlError(
                "There is no object storage: set STUDIO_S3_URL, or use `studio up`, which brings its own."
            )
        with self._lock:
            if url not in self._clients:
                self._clients[url] = connected(url, self._settings)
            return self._clients[url]


def disposition(name: str, *, saved: bool = True, media_type: str = "") -> str:
    """Content-Disposition (RFC 6266) with a name of any characters: to be saved under it, or shown where it is.

    With `media_type` the name ends as files of that type do.
    """
    if media_type:
        name = named(name, media_type)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-()") else "_" for c in name)
    kind = "attachment" if saved else "inline"
    return f"{kind}; filename=\"{plain.strip() or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


def connected(url: str, settings: ControlSettings) -> Any:
    """boto3's client of the storage at `url`, for threads."""
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        max_pool_connections=THREADS,
        connect_timeout=2,
        read_timeout=20,
        retries={"total_max_attempts": 2},
        s3={"addressing_style": "path"},
        # Checksums in trailers are not spoken by all storage; a body is hashed by its signature anyway.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # A proxy does not know this machine's own addresses.
        proxies={} if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"} else None,
    )
    session = boto3.session.Session(
        aws_access_key_id=settings.s3_access_key or None,
        aws_secret_access_key=settings.s3_secret_key or None,
        region_name=settings.s3_region,
    )
    return session.client("s3", endpoint_url=url, config=config)


_GONE = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}


def _refused(response: Any) -> NoReturn:
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _GONE:
        raise MissingObject("There is no such object in the storage.") from None
    if status >= 500 or code in {"SlowDown", "RequestTimeout"}:
        raise Unavailable(
            "The object storage has no room just now. Send the request again.", cause=code
        ) from None
    raise Refused(code) from None
