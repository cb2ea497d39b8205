"""HTTP for machines: POS, shop and app record purchases and ask about points, and get typed answers.

Plain ASGI and msgspec, because this is the hot path. Concurrent single calls share transactions through the batcher;
nothing is answered before it is on disk; what can not be taken in at once is refused at once.
"""

from enishi.gateway.app import Gateway, create_app
from enishi.gateway.lanes import Limits

__all__ = ["Gateway", "Limits", "create_app"]
