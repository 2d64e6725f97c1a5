"""multipart/form-data with one file in it, which goes to disk as it comes."""

import asyncio
from typing import IO, Any

from litestar import Request
from litestar.exceptions import InternalServerException
from multipart import (
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from control.errors import BadRequest, ContentTooLarge, Invalid, UnsupportedMediaType

MEDIA_TYPE = "multipart/form-data"
MOST_FIELDS = 100
MOST_FIELD = 2000
"""Bytes of one field."""
_PIECE = 2**20


async def read_form(
    request: Request[Any, Any, Any], into: IO[bytes], most_bytes: int, file_field: str = "file"
) -> tuple[str, dict[str, list[str]]]:
    """The file's name and the other fields; the file itself is in `into`, never more of it than `most_bytes`.

    Raises `UnsupportedMediaType`, `BadRequest`, `Invalid` where there is not just one file, and `ContentTooLarge`
    as soon as it is known.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get("boundary", "")
    if kind != MEDIA_TYPE or not boundary:
        raise UnsupportedMediaType(
            f"This route reads {MEDIA_TYPE}. Say so in Content-Type, with its boundary.", takes=MEDIA_TYPE
        )
    # What stands around the file takes little.
    most = most_bytes + MOST_FIELDS * MOST_FIELD
    if _length(request) > most:
        raise too_large(most_bytes)
    form = _Form(into, most_bytes, file_field)
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_FIELDS) as parser:
            async for chunk in request.stream():
                if chunk:
                    for event in parser.parse(chunk):
                        form.take(event)
                    await form.write(_PIECE)
            # Raises where the last boundary has not come.
            for event in parser.parse(b""):
                form.take(event)
    except InternalServerException:
        # Litestar's word for a client that has gone.
        raise BadRequest("The form ends too early. Send it again, whole.") from None
    except ParserLimitReached:
        raise BadRequest(
            f"The form has more than {MOST_FIELDS} fields, or a field's head is too long."
        ) from None
    except (ParserError, UnicodeDecodeError, LookupError) as error:
        raise BadRequest(f"The body is no {MEDIA_TYPE}: {str(error)[:200]}.") from None
    await form.write(0)
    if form.name is None:
        raise Invalid(
            f"The form has no file. Send one as `{file_field}`.",
            [{"in": "body", "path": file_field, "message": "Missing"}],
        )
    return form.name, form.fields


def too_large(most_bytes: int) -> ContentTooLarge:
    """For a file over the limit."""
    return ContentTooLarge(
        f"A file may have {most_bytes >> 20} MiB here. Send a smaller one.", most_bytes=most_bytes
    )


def _length(request: Request[Any, Any, Any]) -> int:
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else 0


class _Form:
    """The form so far."""

    def __init__(self, into: IO[bytes], most_bytes: int, file_field: str) -> None:
        self.into, self.most, self.file_field = into, most_bytes, file_field
        self.name: str | None = None
        self.fields: dict[str, list[str]] = {}
        self._segment: MultipartSegment | None = None
        self._waiting: list[bytes] = []
        self._buffered = self._size = 0
        self._text = bytearray()

    def take(self, event: Any) -> None:
        """A part's head, a piece of it, or its end (None)."""
        if isinstance(event, MultipartSegment):
            self._segment = event
            self._text.clear()
            if event.name == self.file_field:
                if self.name is not None:
                    raise self._invalid(self.file_field, "Send one file at a time")
                self.name = event.filename or ""
            elif event.filename is not None:
                raise self._invalid(event.name, f"No file is taken here. Send it as `{self.file_field}`")
        elif event is None:
            assert self._segment is not None
            if self._segment.name != self.file_field:
                self.fields.setdefault(self._segment.name, []).append(self._text.decode("utf-8"))
        elif self._segment is not None and self._segment.name == self.file_field:
            self._size += len(event)
            self._buffered += len(event)
            if self._size > self.most:
                raise too_large(self.most)
            self._waiting.append(bytes(event))
        elif self._segment is not None:
            self._text += event
            if len(self._text) > MOST_FIELD:
                raise self._invalid(self._segment.name, f"Longer than {MOST_FIELD} bytes")

    async def write(self, least: int) -> None:
        """Writes what has come to the file, if it is as much as that."""
        if self._waiting and self._buffered >= least:
            data, self._waiting, self._buffered = b"".join(self._waiting), [], 0
            await asyncio.to_thread(self.into.write, data)

    def _invalid(self, name: str, message: str) -> Invalid:
        name = name[:100]
        return Invalid(
            f"The form is wrong. {name}: {message}.", [{"in": "body", "path": name, "message": message}]
        )
