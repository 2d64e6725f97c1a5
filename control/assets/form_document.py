"""How the forms that `control.assets.forms` reads stand in the OpenAPI document."""

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from control.assets.forms import MEDIA_TYPE

TEXT = OpenAPIType.STRING


def form_operation(file: str, name: str, **more: Schema) -> type[Operation]:
    """The operation of a route whose body is a form: a file (described by `file`), a name (`name` is an example), and more."""
    properties: dict[str, Reference | Schema] = {
        "file": Schema(type=TEXT, format="binary", description=file),  # type: ignore[arg-type]
        "name": Schema(
            type=TEXT, min_length=1, max_length=200, pattern=r"^[A-Za-z0-9]([ -~]*[A-Za-z0-9])?$",
            examples=[name], description="Instead of the file's own name.",
        ),
        **more,
    }  # fmt: skip
    schema = Schema(
        type=OpenAPIType.OBJECT, required=["file"], additional_properties=False, properties=properties
    )

    @dataclass
    class FormOperation(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                required=True, content={MEDIA_TYPE: OpenAPIMediaType(schema=schema)}
            )

    return FormOperation
