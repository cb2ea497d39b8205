"""From method and path to a route. Paths are matched whole and as they are: no redirects, no guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from enishi.gateway.model import MethodNotAllowed
from enishi.gateway.route import Route
from enishi.kit.errors import NotFound


class Router:
    """Finds routes: paths without parameters by look-up, the others by trying their patterns in turn."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._plain: dict[str, dict[str, Route]] = {}
        patterns: dict[str, dict[str, Route]] = {}
        for route in routes:
            table = patterns if "{" in route.path else self._plain
            table.setdefault(route.path, {})[route.method] = route
        self._patterns = [(_compile(path), methods) for path, methods in patterns.items()]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and the values of its path's parameters. Refuses ``NotFound`` and ``MethodNotAllowed``."""
        methods = self._plain.get(path)
        params: dict[str, str] = {}
        if methods is None:
            for pattern, found in self._patterns:
                match = pattern.fullmatch(path)
                if match is not None:
                    methods, params = found, match.groupdict()
                    break
        if methods is None:
            raise NotFound("There is nothing at this path.", remedy="Compare it with /v1/docs.")
        route = methods.get("GET" if method == "HEAD" else method)
        if route is None:
            allow = sorted([*methods, "HEAD"] if "GET" in methods else [*methods])
            raise MethodNotAllowed(
                "This path does not answer to this method.", remedy=f"Use {' or '.join(allow)}.", allow=allow
            )
        return route, params


def _compile(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(re.escape(part) if place % 2 == 0 else f"(?P<{part}>[^/]{{1,64}})" for place, part in enumerate(parts))
    )
