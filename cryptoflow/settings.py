"""The machine's settings: `CRYPTOFLOW_*` variables or `.env`, never a spec."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cryptoflow.errors import CryptoflowError, ExitCode, Problem

PREFIX = "CRYPTOFLOW_"

Kept = Literal["events", "orders", "fills", "trades", "equity", "risk_metrics"]
"""Tables whose old months `db retire` takes away."""


_SENT: ContextVar[Mapping[str, str]] = ContextVar("sent", default=MappingProxyType({}))
"""Where venues are for the task that asks, whatever the environment says."""


class VenueSettings(BaseModel):
    """How this machine reaches a venue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="where its market data comes from instead, like a `cryptoflow venue serve`",
    )


class Settings(BaseSettings):
    """Where things lie on this machine and how it talks."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=True
    )

    home: Path | None = Field(None, description="folder for state; none: `.cryptoflow` beside the configs")
    memory: ByteSize = Field(
        ByteSize(2**30),
        description="memory for the bars of a run, like 512 MiB; more bars lie in a file in `home` while it lasts",
    )
    column_files: int = Field(100, ge=1, description="how many datasets lie ready to be mapped into memory, in `home`")
    column_bytes: ByteSize = Field(ByteSize(2 * 2**30), description="room that these may take, like 2 GiB")
    venues: dict[str, VenueSettings] = Field({}, description="how venues are reached, by the name ccxt has for them")
    listings_age: int = Field(7, ge=0, description="days for which a recorded day of a venue's listings holds")
    database_url: str | None = Field(
        None, description="database that processes share, like postgresql://USER@HOST/NAME; none: a file in `home`"
    )
    writers: int = Field(
        1, ge=1, description="processes that write to that database at once; more than one needs PostgreSQL"
    )
    lease_heartbeat: float = Field(5, gt=0, description="seconds between renewals of an account's lease")
    lease_silence: float = Field(20, gt=0, description="seconds without renewal after which a process sends only exits")
    lease_expiry: float = Field(60, gt=0, description="seconds without renewal after which others may take the lease")
    retention: dict[Kept, Annotated[int, Field(ge=1)]] = Field(
        {}, description="days for which rows that age are kept, by table, like equity; a table not named: for ever"
    )
    backups: Path | None = Field(
        None, description="folder for backups, best on another disk; none: `backups` in `home`"
    )
    backup_days: int = Field(30, ge=1, description="days for which a backup is kept; the last good one is kept longer")
    redis_url: str | None = Field(None, description="Redis that processes share, like redis://HOST; none: without")
    breakers: dict[str, dict[str, int | float]] = Field(
        {}, description="numbers of circuit breakers by kind, like CRYPTOFLOW_BREAKERS__DATABASE__REST=10000 (ms)"
    )
    log_format: Literal["text", "json"] = Field("text", description="form of messages on standard error")

    def url_of(self, venue: str) -> str | None:
        """Return where to send requests for a venue, None for where it really is."""
        if venue in _SENT.get():
            return _SENT.get()[venue]
        return self.venues[venue].url if venue in self.venues else None


@contextmanager
def sent_to(venue: str, url: str) -> Iterator[None]:
    """Send everything that this task, and those it begins, ask of a venue to another address: that of a rehearsal."""
    before = _SENT.set({**_SENT.get(), venue: url})
    try:
        yield
    finally:
        _SENT.reset(before)


class VenueKeys(BaseModel):
    """What an account needs to act at a venue."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: SecretStr = Field(SecretStr(""), description="the API key")
    secret: SecretStr = Field(SecretStr(""), description="its secret")


class Credentials(BaseSettings):
    """The keys of accounts, read by themselves and only when an account is about to act."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=True
    )

    accounts: dict[str, dict[str, VenueKeys]] = Field({}, description="keys by account and venue")


def keys_of(account: str, venue: str) -> VenueKeys:
    """Return an account's keys for a venue, or say which variables hold them; none is ever shown."""
    found = Credentials().accounts.get(account.lower(), {}).get(venue.lower(), VenueKeys())
    missing = [name for name in VenueKeys.model_fields if not getattr(found, name).get_secret_value()]
    if missing:
        named = [variable(("accounts", account, venue, name)) for name in missing]
        raise CryptoflowError(
            f"there is no {' and no '.join(missing)} of {account} for {venue}",
            fix=f"set {' and '.join(named)} in the environment or in .env",
            code=ExitCode.UNAVAILABLE,
        )
    return found


def variable_of_url(venue: str) -> str:
    """Return the name of the setting that sends a venue's market data elsewhere.

    >>> variable_of_url("binance")
    'CRYPTOFLOW_VENUES__BINANCE__URL'
    """
    return f"{PREFIX}VENUES__{venue.upper()}__URL"


def unanswered_at(venue: str, url: str) -> str:
    """Return what to do when nobody answers where a venue is sent to.

    >>> unanswered_at("binance", "http://127.0.0.1:9")
    'CRYPTOFLOW_VENUES__BINANCE__URL sends it to http://127.0.0.1:9: start `cryptoflow venue serve` there, or unset it'
    """
    return f"{variable_of_url(venue)} sends it to {url}: start `cryptoflow venue serve` there, or unset it"


LAWS = {
    "int_parsing": "that is no whole number",
    "float_parsing": "that is no number",
    "byte_size": "that is no size, like 512 MiB",
    "greater_than_equal": "it is at least {ge}",
    "greater_than": "it is more than {gt}",
    "literal_error": "it is {expected}",
    "string_pattern_mismatch": "it is written like http://127.0.0.1:9",
}
"""What a value has to be, by the name of the law that it breaks."""


def told(place: Sequence[int | str], law: str, value: Any, wanted: Mapping[str, Any]) -> str | None:
    """Return in words what is wrong with a setting, None where there are no words for it.

    >>> told(("writers",), "greater_than_equal", "0", {"ge": 1})
    "CRYPTOFLOW_WRITERS is '0', but it is at least 1"
    >>> told(("retention", "all", "[key]"), "literal_error", "all", {"expected": "'events' or 'orders'"})
    "CRYPTOFLOW_RETENTION__ALL is no setting: what follows CRYPTOFLOW_RETENTION__ is 'events' or 'orders'"
    """
    name = variable(place)
    if place[-1] == "[key]":
        name, under = variable(place[:-1]), variable(place[:-2])
        return f"{name} is no setting: what follows {under}__ is {wanted.get('expected')}"
    if law == "extra_forbidden":
        return f"{name} is no setting"
    return f"{name} is {value!r}, but {LAWS[law].format(**wanted)}" if law in LAWS else None


def variable(place: Sequence[int | str]) -> str:
    """Return the variable of a setting.

    >>> variable(("retention", "equity"))
    'CRYPTOFLOW_RETENTION__EQUITY'
    """
    return f"{PREFIX}{'__'.join(map(str, place))}".upper()


@cache
def settings() -> Settings:
    """Return the settings, read once."""
    try:
        return Settings()
    except ValidationError as error:
        raise CryptoflowError(
            (
                Problem(
                    told(each["loc"], each["type"], each["input"], each.get("ctx", {}))
                    or f"{variable(each['loc'])} is {each['input']!r}: {each['msg']}",
                    fix="change it in the environment or in .env",
                )
                for each in error.errors()
            ),
            code=ExitCode.USAGE,
        ) from error
