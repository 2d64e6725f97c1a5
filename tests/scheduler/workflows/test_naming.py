"""What files are called, whatever is written into a prefix."""

from datetime import UTC, datetime

import pytest

from scheduler.workflows.naming import Prefix, prefix_of

NOW = datetime(2026, 3, 7, 9, 5, 2, tzinfo=UTC)
GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 42, "model": ["4", 0], "sampler_name": "euler"},
        "_meta": {"title": "Main pass"},
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd/../pocket.safetensors"}},
    "what nothing needs": None,
}


@pytest.mark.parametrize(
    ("prefix", "subfolder", "stem"),
    [
        ("ComfyUI", "", "ComfyUI"),
        ("portraits/anna", "portraits", "anna"),
        ("a/b\\c", "a/b", "c"),
        ("%date:yyyy-MM-dd%/x", "2026-03-07", "x"),
        ("%date:yy-M-d hh_mm_ss%", "", "26-3-7 09_05_02"),
        ("%year%%month%%day%-%hour%%minute%%second%", "", "20260307-090502"),
        ("%width%x%height%", "", "512x768"),
        ("%batch_num%/x_%batch_num%", "2", "x_2"),
        ("s%KSampler.seed%", "", "s42"),
        ("%Main pass.sampler_name%", "", "euler"),
        ("%3.seed%", "", "42"),
        # A folder in a value leads nowhere, and a link is no value.
        ("%CheckpointLoaderSimple.ckpt_name%", "", "sd_.._pocket.safetensors"),
        ("%KSampler.model%", "", "%KSampler.model%"),
        ("%nothing.here% 100%", "", "%nothing.here% 100%"),
        # Nothing leads out.
        ("../../etc/passwd", "etc", "passwd"),
        ("/root/x", "root", "x"),
        ("a/./../b", "a", "b"),
        ("..", "", "ComfyUI"),
        ("", "", "ComfyUI"),
        ("folder/", "folder", "ComfyUI"),
        ('a<b>:"c"|?*', "", "a_b___c____"),
        ("line\nbreak\0", "", "line_break_"),
    ],
)
def test_a_prefix(prefix: str, subfolder: str, stem: str) -> None:
    found = prefix_of("output", prefix, GRAPH, NOW, width=512, height=768, place=2)
    assert (found.subfolder, found.stem) == (subfolder, stem)


def test_names_are_never_too_long() -> None:
    found = prefix_of("output", "a" * 3000 + "/" + "b" * 3000, GRAPH, NOW)
    assert len(found.subfolder) <= 400
    assert len(found.name(99999, "png")) <= 255
    assert len(found.path) <= 655


def test_numbers_stand_where_clients_look_for_them() -> None:
    assert Prefix("output", "a", "x").name(7, "png") == "x_00007_.png"
    assert Prefix("output", "a", "x").path == "a/x"
    assert Prefix("temp", "", "x").path == "x"
