"""Names of things in a spec: safe as file names, ids and words of the expression language."""

from collections.abc import Mapping

from cryptoflow.spec.written import MisreadError, Written, named


class _Name(Written, str):
    """A text of safe characters."""

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        cls._groups(text)
        return text, {}

    @classmethod
    def _unwritten(cls, value: object) -> MisreadError:
        return MisreadError(named(value), f"{cls.noun} is expected here", f"write it like {cls.example}")


class Name(_Name):
    """What a pipeline, a strategy or an account is called."""

    noun, example = "a name of letters, digits, - and _", "btc-trend"
    pattern = r"[A-Za-z][A-Za-z0-9_-]{0,63}"


class PluginName(_Name):
    """What a plugin is registered as."""

    noun, example = "the name of a plugin", "risk_fraction"
    pattern = r"[a-z][a-z0-9_]{0,63}"


class PluginFile(_Name):
    """A file of the folder `plugins` beside the spec, without any folder."""

    noun, example = "the bare name of a file in plugins/", "my_rules.py"
    pattern = r"[A-Za-z_][A-Za-z0-9_]{0,63}\.py"


class SpecFile(_Name):
    """A YAML file by its path, relative to the file that names it."""

    noun, example = "the path of a YAML file", "strategies/ema_cross.yaml"
    pattern = r"(?:\.\./)*(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml"


class Variable(_Name):
    """The name of a parameter."""

    noun, example = "a name of lower-case letters, digits and _", "fast"
    pattern = r"[a-z_][a-z0-9_]{0,39}"


class Secret(_Name):
    """A reference to a secret, `${secret:NAME}`; its value never enters a spec, so nothing here can show it."""

    noun, example = "a reference to a secret", "${secret:hook}"
    pattern = r"\$\{secret:([A-Za-z][A-Za-z0-9_.-]*)\}"

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        try:
            return text, {"name": cls._groups(text)[0]}
        except MisreadError:
            law = "a secret is never written into a spec"
            raise MisreadError("a text", law, f"write {cls.example}") from None

    name: str


class Expression(_Name):
    """A formula of the expression language, as text; a bare number is one too."""

    noun, example = "an expression", "ema(close, 12) > close"
    pattern = r"(?s:.*)"

    @classmethod
    def read(cls, value: object) -> "Expression":
        """Return the expression; `true` is none, because a flag that never changes decides nothing."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return cls(str(value))
        return super().read(value)
