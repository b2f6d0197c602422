"""Where this machine counts its requests to venues: by itself, and with all others where it has a Redis."""

from functools import partial
from typing import TYPE_CHECKING

from cryptoflow.settings import settings

if TYPE_CHECKING:
    from cryptoflow.market.rest.budget import Budgets


def budgets() -> "Budgets | None":
    """Return where requests are counted with others, None where no Redis is named: this machine counts alone."""
    url = settings().redis_url
    if url is None:
        return None
    from cryptoflow.clock import MachineClock
    from cryptoflow.market.rest.budget import Budgets
    from cryptoflow.storage.redis.cache import checked
    from cryptoflow.storage.redis.register import opened

    return Budgets(register=partial(opened, checked(url), MachineClock()))
