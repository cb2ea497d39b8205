"""How lists are asked for: a page at a time, and of one store."""

from typing import Annotated

from fastapi import Query

Cursor = Annotated[str | None, Query(max_length=400)]
Limit = Annotated[int, Query(ge=1, le=100)]
StoreFilter = Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
