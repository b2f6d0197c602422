"""How long a request may take: ccxt has one limit for all of it, and a venue that is slow is not one that is gone."""

from typing import Any

from cryptoflow.domain.patience import PATIENCE


class Timed:
    """An aiohttp session whose requests have these limits, whatever they ask for."""

    def __init__(self, session: Any) -> None:
        import aiohttp

        self._session = session
        self._limits = aiohttp.ClientTimeout(
            total=PATIENCE.total, sock_connect=PATIENCE.connect, sock_read=PATIENCE.read
        )

    def __getattr__(self, verb: str) -> Any:
        attribute = getattr(self._session, verb)
        if verb not in ("get", "post", "put", "patch", "delete"):
            return attribute
        return lambda url, **options: attribute(url, **{**options, "timeout": self._limits})
