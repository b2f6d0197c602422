"""The machine's settings: `CRYPTOFLOW_*` variables or `.env`, never a spec."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ByteSize, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cryptoflow.errors import CryptoflowError, ExitCode, Problem

PREFIX = "CRYPTOFLOW_"


class VenueSettings(BaseModel):
    """Where a venue is, when it is not where it usually is."""

    url: str | None = Field(
        None, description="address that its market data is asked for at, like http://127.0.0.1:8080"
    )


class Settings(BaseSettings):
    """Where things lie on this machine and how it talks."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path | None = Field(None, description="folder for state; none: `.cryptoflow` beside the configs")
    memory: ByteSize = Field(
        ByteSize(2**30),
        description="memory for the bars of a run, like 512 MiB; more bars lie in a file in `home` while it lasts",
    )
    column_files: int = Field(100, ge=1, description="how many datasets lie ready to be mapped into memory, in `home`")
    column_bytes: ByteSize = Field(ByteSize(2 * 2**30), description="room that these may take, like 2 GiB")
    venues: dict[str, VenueSettings] = Field({}, description="addresses of venues, by name")
    listings_age: int = Field(7, ge=0, description="days for which a recorded day of a venue's listings holds")
    log_format: Literal["text", "json"] = Field("text", description="form of messages on standard error")


@cache
def settings() -> Settings:
    """Return the settings, read once."""
    try:
        return Settings()
    except ValidationError as error:
        raise CryptoflowError(
            (
                Problem(
                    f"{PREFIX}{str(each['loc'][0]).upper()} is {each['input']!r}: {each['msg']}",
                    fix="change it in the environment or in .env",
                )
                for each in error.errors()
            ),
            code=ExitCode.USAGE,
        ) from error
