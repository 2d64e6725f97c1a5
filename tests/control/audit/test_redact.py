"""What is recorded holds no secrets, whatever is handed over."""

import msgspec
import pytest

from control.audit.redact import REMOVED, recorded
from control.identity.secrets import new_secret
from control.tenancy.schemas import InvitedRegistration

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
ARGON = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA"


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "password_hash", "client_secret", "token", "refresh_token", "Authorization",
     "private_key", "key_hash", "key", "cookie", "code"],
)  # fmt: skip
def test_by_name(name: str) -> None:
    assert recorded({"a": {name: "hunter2"}, "b": 1}) == f'{{"a":{{"{name}":"{REMOVED}"}},"b":1}}'


@pytest.mark.parametrize(
    "value",
    [
        new_secret("sk_"),
        new_secret("rt_"),
        new_secret("inv_"),
        JWT,
        ARGON,
        f"Bearer {JWT}",
        f"see {new_secret('pr_')}",
    ],
)
def test_by_value(value: str) -> None:
    assert recorded({"note": ["x", value]}) == f'{{"note":["x","{REMOVED}"]}}'


def test_what_is_no_secret_stays() -> None:
    harmless = {
        "name": "sk_ is how keys begin",
        "prefix": "sk_Zk3wPq9A",
        "email": "ada@example.com",
        "permissions": ["api_key:create"],
        "token": None,
        "n": 1.5,
    }
    assert msgspec.json.decode(recorded(harmless) or "") == harmless
    assert recorded(None) is None


def test_structs_too() -> None:
    body = InvitedRegistration(token=new_secret("inv_"), password="hunter2 hunter2", name="Grace")
    assert recorded(body) == f'{{"name":"Grace","password":"{REMOVED}","token":"{REMOVED}"}}'
