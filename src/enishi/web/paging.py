"""How lists are asked for a page at a time."""

from typing import Annotated

from fastapi import Query

Cursor = Annotated[str | None, Query(max_length=400)]
Limit = Annotated[int, Query(ge=1, le=100)]
