"""Which prices real decisions are made on, and a refusal of those that no market makes."""

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.resolved import LIVE, Resolved
from cryptoflow.plugins.kinds import Listening


def live_source(resolved: Resolved) -> Listening:
    """Return the source that paper and live trading listen to; one that reads files or makes prices up is refused."""
    source = resolved.live
    if isinstance(source, Listening):
        return source
    written = resolved.origin((*LIVE, "use"))
    raise CryptoflowError(
        f"{source.plugin_name} listens to no market, and nothing else feeds paper and live trading",
        where=written.place if written else None,
        fix="sources: {live: {use: stream}}, or leave it out; `cryptoflow venue serve` plays other prices as a venue",
    )
