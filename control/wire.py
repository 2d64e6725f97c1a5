"""Types of fields that many requests have."""

from typing import Annotated

import msgspec

# `$` alone would let a newline at the end pass.
# PostgreSQL's text holds no NUL; other control characters would forge lines of mails and logs.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$(?!\n)",
    ),
]
"""One line that people give to a thing, without spaces around it."""
