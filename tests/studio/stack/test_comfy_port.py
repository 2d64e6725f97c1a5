"""Which port ComfyUI's API gets: the one that is set, or the usual one where that is free."""

import socket
from collections.abc import Iterator

import pytest

from studio.errors import StudioError
from studio.settings import Settings
from studio.stack.process import free_port
from studio.stack.up import comfy_socket


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_the_usual_one_where_it_is_free(taken: int) -> None:
    usual = free_port()
    with comfy_socket(Settings(), usual) or pytest.fail("none") as listening:
        assert listening.getsockname() == ("127.0.0.1", usual)
    assert comfy_socket(Settings(), taken) is None
    assert comfy_socket(Settings()) is None
    assert comfy_socket(Settings(comfy_port="off"), usual) is None


def test_the_one_that_is_set_or_none(taken: int) -> None:
    with comfy_socket(Settings(comfy_port=0)) or pytest.fail("none") as listening:
        assert listening.getsockname()[1] > 0
    with pytest.raises(StudioError, match="STUDIO_COMFY_PORT"):
        comfy_socket(Settings(comfy_port=taken))


def test_a_bound_port_stays_on_this_machine() -> None:
    assert Settings(host="0.0.0.0").comfy_address == "0.0.0.0"
    assert Settings(host="0.0.0.0", comfy_account="a@example.com").comfy_address == "127.0.0.1"
    bound = Settings(host="127.0.0.1", comfy_account="a@example.com", comfy_host="0.0.0.0")
    assert bound.comfy_address == "0.0.0.0"
