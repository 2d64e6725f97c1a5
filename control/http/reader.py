"""Pages for people: the API to read and try at /schema, and what each problem means at /problems.

Swagger UI's files come with a Python package (requirements-pages.txt) and are served from here: a browser that
reads these pages asks nobody else for anything.
"""

import argparse
import html
import importlib
import importlib.util
from functools import cache
from pathlib import Path

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from control.access.declare import public
from control.errors import NotFound, Problem, Unavailable
from control.http.problems import catalogue

PACKAGE = "drf_spectacular_sidecar"
FOLDER = Path("static") / "drf_spectacular_sidecar" / "swagger-ui-dist"
ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
"""Swagger UI's own files."""
OWN = {"reader.js": "text/javascript; charset=utf-8", "reader.css": "text/css; charset=utf-8"}
HERE = Path(__file__).parent / "pages"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles on its elements; everything else comes from here and is no inline text."""
HTML = "text/html; charset=utf-8"
_OPEN = public("the document of the API itself")
_HEADERS = {"Content-Security-Policy": POLICY}
_KEPT = {"Cache-Control": "public, max-age=86400"}


@get("/schema/openapi.json", opt=_OPEN, include_in_schema=False)
async def openapi_json(state: State) -> Response[bytes]:
    """The OpenAPI document."""
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return Response(state.openapi, media_type="application/json", headers=headers)


@get("/schema", opt=_OPEN, include_in_schema=False)
async def schema_page() -> Response[str]:
    """The API, to read and to try."""
    return Response(
        _page("Studio API", '<div id="reader"></div>', reader=True), media_type=HTML, headers=_HEADERS
    )


@get("/schema/assets/{name:str}", opt=_OPEN, include_in_schema=False)
async def schema_asset(name: FromPath[str]) -> Response[bytes]:
    """A file of that page."""
    if name in OWN:
        return Response((HERE / name).read_bytes(), media_type=OWN[name], headers=_KEPT)
    if name not in ASSETS:
        raise NotFound("There is no such file.")
    return Response(_asset(name), media_type=ASSETS[name], headers=_KEPT)


@cache
def _asset(name: str) -> bytes:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(
            "Swagger UI is not installed: .venv/bin/pip install --no-deps -r requirements-pages.txt"
        )
    return (Path(spec.submodule_search_locations[0]) / FOLDER / name).read_bytes()


@get("/problems", opt=_OPEN, include_in_schema=False)
async def problems_page() -> Response[str]:
    """All kinds of problems."""
    entries = "".join(_entry(problem) for problem in catalogue().values())
    return Response(_page("Problems", f"<h1>Problems</h1>{entries}"), media_type=HTML, headers=_HEADERS)


@get("/problems/{kind:str}", opt=_OPEN, include_in_schema=False)
async def problem_page(
    request: Request[None, None, State], kind: FromPath[str]
) -> Response[str] | Response[bytes]:
    """One kind: a page, or JSON for who asks for it."""
    if (found := catalogue().get(kind)) is None:
        raise NotFound("There is no such problem. /problems lists them.")
    if "json" not in request.headers.get("accept", ""):
        body = f'{_entry(found)}<p><a href="/problems">All problems</a></p>'
        return Response(_page(found.title, body), media_type=HTML, headers=_HEADERS)
    said = {
        "type": f"/problems/{kind}",
        "status": found.status,
        "title": found.title,
        "description": text_of(found),
    }
    return Response(msgspec.json.encode(said), media_type="application/json")


def text_of(problem: type[Problem]) -> str:
    """What is known of a kind."""
    return " ".join((problem.__doc__ or problem.title).split())


def _entry(problem: type[Problem]) -> str:
    return (
        f'<section id="{problem.kind}"><h2><a href="/problems/{problem.kind}">{html.escape(problem.title)}</a></h2>'
        f"<p><code>{problem.status}</code> <code>{problem.kind}</code></p><p>{html.escape(text_of(problem))}</p></section>"
    )


def _page(title: str, body: str, *, reader: bool = False) -> str:
    files = '<link rel="stylesheet" href="/schema/assets/reader.css">'
    if reader:
        files = (
            '<link rel="stylesheet" href="/schema/assets/swagger-ui.css">'
            f'{files}<script src="/schema/assets/swagger-ui-bundle.js" defer></script>'
            '<script src="/schema/assets/reader.js" defer></script>'
        )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/schema/assets/favicon-32x32.png">{files}</head><body>{body}</body></html>'
    )


def markdown() -> str:
    """docs/problems.md."""
    rows = [
        f"| {problem.status} | [`{kind}`](#{kind}) | {problem.title} |"
        for kind, problem in catalogue().items()
    ]
    entries = [
        f"## {kind}\n{problem.title} (`{problem.status}`, `/problems/{kind}`). {text_of(problem)}\n"
        for kind, problem in catalogue().items()
    ]
    return "\n".join(
        [
            "# Problems",
            "",
            "Everything that the API refuses with, as problem documents (RFC 9457): `type` is `/problems/KIND`, and",
            "leads to the same text on a running studio. Made by `make docs` from the classes in `control/`.",
            "",
            "| status | kind | title |",
            "|---|---|---|",
            *rows,
            "",
            *entries,
        ]
    )


ROUTES = [openapi_json, schema_page, schema_asset, problems_page, problem_page]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes the page of all problems.")
    parser.add_argument("--out", type=Path, required=True)
    # Where the domains' own problems are made known.
    importlib.import_module("control.app")
    parser.parse_args().out.write_text(markdown(), encoding="utf-8")
