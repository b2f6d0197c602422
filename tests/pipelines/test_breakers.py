"""The numbers of breakers come from the machine's settings, and a wrong one says which."""

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.domain.breakers.components import LIMITS, Kind
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.breakers import breakers
from cryptoflow.settings import settings


def test_a_kind_has_the_numbers_of_the_environment_and_the_others_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTOFLOW_BREAKERS__DATABASE__REST", "10000")
    monkeypatch.setenv("CRYPTOFLOW_BREAKERS__DATABASE__RATE", "0.8")
    settings.cache_clear()
    made = breakers(MachineClock(), lambda *_: None)
    limits = made.breaker(Kind.DATABASE, "journal").limits
    assert (limits.rest, limits.rate, limits.min_calls) == (10_000, 0.8, 10)
    assert made.breaker(Kind.EXIT_PATH, "binance").limits == LIMITS[Kind.EXIT_PATH]


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("DATABSE__REST", "1000", "no kind of breaker is called databse\nhint: did you mean `database`?"),
        ("CACHE__RESTS", "1000", "no number of a breaker is called rests\nhint: did you mean `rest`?"),
        ("CACHE__ZZZZ", "1000", "no number of a breaker is called zzzz\nhint: there are window"),
        ("CACHE__RATE", "1.5", "rate is 1.5, but a share lies between 0 and 1"),
        ("CACHE__MIN_CALLS", "0", "min_calls is 0, but it is a whole number above 0"),
        ("CACHE__REST", "2.5", "rest is 2.5, but it is a whole number above 0"),
    ],
)
def test_a_wrong_number_names_its_variable(
    variable: str, value: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CRYPTOFLOW_BREAKERS__{variable}", value)
    settings.cache_clear()
    with pytest.raises(CryptoflowError) as caught:
        breakers(MachineClock(), lambda *_: None)
    assert f"CRYPTOFLOW_BREAKERS__{variable}".startswith(str(caught.value).partition(":")[0])
    assert what in str(caught.value)
    assert caught.value.code is ExitCode.USAGE
