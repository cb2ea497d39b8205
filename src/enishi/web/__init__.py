"""HTTP for people: the console, the counter and my page.

Every endpoint declares who may call it; the app does not start with one that does not. One transaction per request.
"""

from enishi.web.app import create_app

__all__ = ["create_app"]
