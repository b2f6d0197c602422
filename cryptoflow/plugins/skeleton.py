"""New plugins to start from: a working file and its test, for each kind that a guest can be today."""

from pathlib import Path
from string import Template

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.plugins.guests import FOLDER
from cryptoflow.plugins.registry import checked, names
from cryptoflow.spec.nearest import suggestion

TEMPLATES = Path(__file__).with_name("skeletons")
PLUGIN, TEST = ".py.txt", "_test.py.txt"


def kinds() -> tuple[str, ...]:
    """The kinds there is a skeleton for."""
    return tuple(sorted(file.name.removesuffix(TEST) for file in TEMPLATES.glob(f"*{TEST}")))


def write(kind: str, name: str, folder: Path) -> list[Path]:
    """Write `plugins/<name>.py` and its test into a project's folder and return both.

    The plugin does something small and real from the start, so that one changes what works.
    """
    if kind not in kinds():
        raise CryptoflowError(
            f"there is no skeleton for {kind!r}",
            fix=suggestion(kind, kinds(), "kinds with one"),
            code=ExitCode.USAGE,
        )
    if checked(name) in names(kind):
        raise CryptoflowError(f"there is a {kind} {name} already", fix=f"take another name, like my_{name}")
    words = {
        "name": name,
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "NAME": name.upper(),
    }
    home = folder / FOLDER
    texts = {
        home / f"{name}.py": (TEMPLATES / f"{kind}{PLUGIN}").read_text(),
        home / f"test_{name}.py": (TEMPLATES / f"{kind}{TEST}").read_text(),
    }
    for file in texts:
        if file.exists():
            raise CryptoflowError(f"{file} exists already", fix="take another name, or delete the file first")
    home.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        file.write_text(Template(text).substitute(words))
    return list(texts)
