"""Serving the built pages: single-page apps with history fallback, and files whose names carry their content's hash.

The front end is built into ``static/``: the landing page, one folder with an ``index.html`` per face, and ``assets/``.
A file in ``assets/`` never changes under its name, so browsers keep it for good; pages are asked for anew each time.
"""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from enishi.kit.errors import NotFound
from enishi.web.declare import Use, public

STATIC = Path(__file__).parent / "static"
FACES = ("console", "counter", "my")

_IMMUTABLE = "public, max-age=31536000, immutable"
_FRESH = "no-cache"
_COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".txt", ".map", ".webmanifest"}
_GZIP_LEVEL = 9

router = APIRouter(include_in_schema=False)

Everyone = Annotated[None, public("pages hold no data; what they show is fetched with the viewer's own rights")]


class TextFile(Struct, frozen=True):
    """A built text file as it is sent: plain, compressed, with the tag by which a browser asks for changes."""

    plain: bytes
    compressed: bytes
    etag: str
    media_type: str


@router.api_route("/", methods=["GET", "HEAD"])
def serve_landing(request: Request, _anyone: Everyone) -> Response:
    """The way to the three faces."""
    return _serve_page("index.html", request)


@router.api_route("/outbox", methods=["GET", "HEAD"])
@router.api_route("/outbox/", methods=["GET", "HEAD"])
def serve_outbox(request: Request, _anyone: Everyone, use: Use) -> Response:
    """What the demo would have sent; 404 anywhere else."""
    if not use.settings.demo:
        raise NotFound("This exists in the demo only.")
    return _serve_page("outbox/index.html", request)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
def serve_path(path: str, request: Request, _anyone: Everyone) -> Response:
    """A built file, or (for an address inside a face) the face's page, which finds its own way."""
    if path in FACES:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{path}/{query}", status_code=308)
    file = _find(path)
    if file is not None and file.suffix != ".html":
        return _send(file, request)
    face, _, inner = path.partition("/")
    if face in FACES and "." not in inner.rpartition("/")[2]:
        return _serve_page(f"{face}/index.html", request)
    raise NotFound("There is nothing at this address.")


def _serve_page(name: str, request: Request) -> Response:
    file = _find(name)
    if file is None:
        return HTMLResponse(_NOT_BUILT, status_code=503, headers={"cache-control": "no-store"})
    return _send(file, request)


def _find(path: str) -> Path | None:
    """The built file at ``path``; never one outside the folder of built files."""
    try:
        file = (STATIC / path).resolve()
        return file if file.is_relative_to(STATIC.resolve()) and file.is_file() else None
    except (ValueError, OSError):
        # A NUL character, or a name longer than any file's.
        return None


def _send(file: Path, request: Request) -> Response:
    caching = _IMMUTABLE if file.parent == STATIC.resolve() / "assets" else _FRESH
    if file.suffix not in _COMPRESSED:
        return FileResponse(file, headers={"cache-control": caching})
    text = _read_text_file(file, file.stat().st_mtime_ns)
    headers = {"cache-control": caching, "etag": text.etag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == text.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(text.compressed, media_type=text.media_type, headers=headers | {"content-encoding": "gzip"})
    return Response(text.plain, media_type=text.media_type, headers=headers)


@lru_cache(maxsize=512)
def _read_text_file(file: Path, _modified_ns: int) -> TextFile:
    """Read and compress a file once; a rebuilt one has another time of change and is read again."""
    plain = file.read_bytes()
    return TextFile(
        plain=plain,
        compressed=gzip.compress(plain, _GZIP_LEVEL, mtime=0),
        # Weak, because the compressed body and the plain one share it.
        etag=f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"',
        media_type=mimetypes.guess_type(file.name)[0] or "text/plain",
    )


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
