"""A file that somebody sends becomes a workflow of theirs."""

import tempfile
from typing import IO

import msgspec

from control.access.principal import Principal
from control.assets.inspect import inspect
from control.database.engine import transaction
from control.errors import BadRequest
from control.settings import ControlSettings
from control.workflows.documents import exchange, schemas
from control.workflows.documents.saving import create


async def take(
    who: Principal, file: IO[bytes], filename: str, form: dict[str, list[str]], settings: ControlSettings
) -> schemas.WorkflowDetails:
    """Keeps the workflow that the file holds; raises `BadRequest`, and `Unprocessable` for a picture that is none."""
    if unknown := form.keys() - {"name"}:
        raise BadRequest(f"This route takes `file` and `name`, and no {', '.join(sorted(unknown))}.")
    found = await _found(file, filename, settings)
    wanted = {
        "name": form.get("name", [found.name])[0],
        "description": found.description,
        "tags": found.tags,
        "graph": None if found.graph is None else msgspec.to_builtins(found.graph),
        "document": found.document,
        "message": "Imported",
    }
    try:
        # As if it had come in the body of a request.
        data = msgspec.convert(wanted, schemas.NewWorkflow)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The workflow in the file cannot be kept. {error}.") from None
    async with transaction():
        return await create(who, data)


async def _found(file: IO[bytes], filename: str, settings: ControlSettings) -> exchange.Found:
    file.seek(0)
    if not exchange.is_picture(file.read(16)):
        return exchange.of_json(exchange.read_all(file), filename)
    with tempfile.TemporaryFile(dir=settings.home / "tmp") as cleaned:
        seen = await inspect(file, cleaned, settings)
    return exchange.of_texts(seen.texts, filename)
