"""Serving the built pages: single-page apps with history fallback, and files whose names carry their content's hash.

The front end is built into ``static/``: one folder per face with its ``index.html``. A file below an ``assets`` folder
never changes under its name, so browsers keep it for good; pages are asked for anew each time.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from enishi.kit.errors import NotFound
from enishi.web.declare import Use, public

STATIC = Path(__file__).parent / "static"
FACES = ("console", "counter", "my")

_IMMUTABLE = "public, max-age=31536000, immutable"
_FRESH = "no-cache"

router = APIRouter(include_in_schema=False)

Everyone = Annotated[None, public("pages hold no data; what they show is fetched with the viewer's own rights")]


@router.api_route("/", methods=["GET", "HEAD"])
def serve_landing(_anyone: Everyone) -> Response:
    """The way to the three faces."""
    return _serve_page("landing")


@router.api_route("/outbox", methods=["GET", "HEAD"])
def serve_outbox(_anyone: Everyone, use: Use) -> Response:
    """What the demo would have sent; 404 anywhere else."""
    if not use.settings.demo:
        raise NotFound("This exists in the demo only.")
    return _serve_page("landing", "outbox.html")


@router.api_route("/{face}", methods=["GET", "HEAD"])
def serve_face_or_file(face: str, request: Request, _anyone: Everyone) -> Response:
    """``/console`` leads to ``/console/``; anything else is a file such as the favicon."""
    if face in FACES:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{face}/{query}", status_code=308)
    return _serve_file(face)


@router.api_route("/{folder}/{path:path}", methods=["GET", "HEAD"])
def serve_path(folder: str, path: str, _anyone: Everyone) -> Response:
    """A built file, or (for an address inside a face) the face's page, which finds its own way."""
    file = _find(f"{folder}/{path}")
    if file is not None:
        return _send(file)
    is_page = folder in FACES and "/assets/" not in f"/{path}" and "." not in path.rpartition("/")[2]
    return _serve_page(folder) if is_page else _serve_file(f"{folder}/{path}")


def _serve_page(face: str, name: str = "index.html") -> Response:
    file = _find(f"{face}/{name}")
    return _not_built() if file is None else _send(file)


def _serve_file(path: str) -> Response:
    file = _find(path) or _find(f"landing/{path}")
    if file is None:
        raise NotFound("There is nothing at this address.")
    return _send(file)


def _find(path: str) -> Path | None:
    """The built file at ``path``; never one outside the folder of built files."""
    if "\x00" in path:
        return None
    file = (STATIC / path).resolve()
    return file if file.is_relative_to(STATIC.resolve()) and file.is_file() else None


def _send(file: Path) -> Response:
    is_immutable = "assets" in file.relative_to(STATIC.resolve()).parts
    return FileResponse(file, headers={"cache-control": _IMMUTABLE if is_immutable else _FRESH})


def _not_built() -> Response:
    return HTMLResponse(_NOT_BUILT, status_code=503, headers={"cache-control": "no-store"})


_NOT_BUILT = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Enishi</title>
<style>
  body { margin: 0; background: #F7F8FA; color: #1E1F22; }
  body { font: 16px/1.8 "Noto Sans JP", system-ui, sans-serif; }
  main { max-width: 36rem; margin: 18vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.25rem; color: #1B4170; }
  p { color: #565B63; }
  code { background: #EEF3F9; padding: .1em .4em; border-radius: 4px; }
</style>
<main>
  <h1>画面がまだ組み立てられていません</h1>
  <p>サーバーは動いています。<code>uv sync</code> を実行すると画面が組み立てられます。
  そのあと、このページを再読み込みしてください。</p>
  <h1 lang="en">The pages have not been built yet</h1>
  <p lang="en">The server is running. Run <code>uv sync</code> to build the pages, then reload this one.</p>
</main>
</html>
"""
