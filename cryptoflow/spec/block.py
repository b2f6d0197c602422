"""The shape all parts of a spec share, and the blocks whose settings belong to a plugin."""

from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field

from cryptoflow.spec.names import PluginName


class Spec(BaseModel):
    """A part of a spec: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Block(Spec):
    """A plugin by its name, and the settings that only the plugin understands."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    use: PluginName = Field(description="the plugin's name; `cryptoflow plugins list` shows all")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as written."""
        return dict(self.model_extra or {})


def _listed(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int | float) and not isinstance(value, bool) else value


Listed = BeforeValidator(_listed)
"""Lets a list of one be written without brackets."""

WORD, LIST, BLOCK = "word", "list", "block"
"""Tags of a value that is either one word (`costs: none`), or a list, or a block of settings."""

WordOrBlock = Discriminator(lambda value: WORD if isinstance(value, str) else BLOCK)
"""Tells the two apart before either is checked, so that a mistake is reported once, by the right one."""
