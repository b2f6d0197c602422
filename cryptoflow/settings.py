"""The machine's settings: `CRYPTOFLOW_*` variables or `.env`, never a spec."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ByteSize, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cryptoflow.errors import CryptoflowError, ExitCode, Problem

PREFIX = "CRYPTOFLOW_"


class Settings(BaseSettings):
    """Where things lie on this machine and how it talks."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    home: Path | None = Field(None, description="folder for state; none: `.cryptoflow` beside the configs")
    memory: ByteSize = Field(
        ByteSize(2**30),
        description="memory for the bars of a run, like 512 MiB; more bars lie in a file in `home` while it lasts",
    )
    column_files: int = Field(100, ge=1, description="how many datasets lie ready to be mapped into memory, in `home`")
    column_bytes: ByteSize = Field(ByteSize(2 * 2**30), description="room that these may take, like 2 GiB")
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
