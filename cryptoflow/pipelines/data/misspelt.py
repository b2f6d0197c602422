"""Names of venues that are most likely meant for another one."""

from typing import TYPE_CHECKING

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.venue_names import venue_names
from cryptoflow.market.venues import VENUES
from cryptoflow.spec.nearest import nearest

if TYPE_CHECKING:
    from cryptoflow.market.store.store import Store

LIKE = 0.8
"""How like a known name a mistake is: `binanse` and `gateio` are taken for one, `mydesk` and `nasdaq` are not."""


def refuse_misspelt(venue: str, store: "Store") -> None:
    """Refuse a name that is nearly that of a venue of ccxt, or of one in the store, but is none of them itself."""
    known = sorted(VENUES | venue_names())
    if venue in known:
        return
    own = sorted({dataset.key.venue for dataset in store.datasets()})
    near = nearest(venue, known, LIKE) or nearest(venue, own, LIKE)
    if venue not in own and near:
        raise CryptoflowError(
            f"--venue: no venue is known as {venue}",
            fix=f"did you mean `{near}`? If it is a venue of its own, add --new-venue",
            code=ExitCode.USAGE,
        )
