"""What a call hears that a breaker kept from being made."""

from cryptoflow.domain.breakers.components import Component
from cryptoflow.domain.breakers.states import BreakerState
from cryptoflow.errors import CryptoflowError, ExitCode


class Rejected(CryptoflowError):
    """A call was not made, for those before it failed."""

    def __init__(self, component: Component, state: BreakerState) -> None:
        self.component, self.state = component, state
        what = "too many calls failed" if state is BreakerState.OPEN else "others are trying whether it works again"
        super().__init__(
            f"{component} is not called now: {what}", fix="it is tried again by itself", code=ExitCode.UNAVAILABLE
        )
