"""What one may `use:` in a spec: the list of plugins, and the manual page of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.gates import part_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins import registry
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.manual import Manual, Setting, describe
from cryptoflow.plugins.registry import Plugin
from cryptoflow.spec.document import load
from cryptoflow.spec.nearest import nearest, suggestion
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.shipped import configs, shipped_strategies
from cryptoflow.spec.strategy_file import StrategyFile

STRATEGY = "strategy"

PLACES = {
    "source": "sources:\n  history: {}",
    "indicator": "let:\n  value: {}",
    "strategy": "strategies:\n  - {}",
    "sizer": "sizing: {}",
    "rule": "risk:\n  rules:\n    - {}",
    "slippage": "execution:\n  costs:\n    slippage: {}",
    "algo": "execution:\n  algo: {}",
    "router": "execution:\n  route: {}",
    "notifier": "notify:\n  - {}",
}
"""Where in a spec, or for an indicator in a strategy, a plugin of each kind stands; for a gate see `place_of`."""


class Listed(NamedTuple):
    """A plugin in a list: its kind, its name, and what it does in one line."""

    kind: str
    name: str
    summary: str


def listed(kind: str | None = None, spec: Path | None = None) -> tuple[Listed, ...]:
    """Return every plugin, or those of a kind; those of a project's own files are known through a spec."""
    _admit(spec)
    return tuple(Listed(each, name, _summary(manual(each, name))) for each in _kinds(kind) for name in names(each))


def shown(name: str, kind: str | None = None, spec: Path | None = None) -> Manual:
    """Return the manual page of a plugin; a name that several kinds have needs its kind."""
    _admit(spec)
    kinds = [each for each in _kinds(kind) if name in names(each)]
    if len(kinds) > 1:
        fix = " or ".join(f"--kind {each}" for each in kinds)
        raise CryptoflowError(f"{name} is a {' and a '.join(kinds)}", fix=f"add {fix}", code=ExitCode.USAGE)
    if not kinds:
        near = nearest(name, sorted({known for each in _kinds(kind) for known in names(each)}))
        fix = f"did you mean `{near}`?" if near else "`cryptoflow plugins list` shows all"
        raise CryptoflowError(f"there is no {kind or 'plugin'} {name!r}", fix=fix)
    return manual(kinds[0], name)


def _kinds(kind: str | None) -> tuple[str, ...]:
    known = registry.kinds()
    if kind is None:
        return known
    if kind not in known:
        fix = suggestion(kind, known, "kinds")
        raise CryptoflowError(f"there is no kind of plugin {kind!r}", fix=fix, code=ExitCode.USAGE)
    return (kind,)


def names(kind: str) -> tuple[str, ...]:
    """Return what one may `use:` for a kind; strategies that ship as files are strategies too."""
    shipped = shipped_strategies() if kind == STRATEGY else ()
    return tuple(sorted({*registry.names(kind), *shipped}))


def manual(kind: str, name: str) -> Manual:
    """Return the manual page of a plugin, its example standing where it stands in a spec."""
    if kind == STRATEGY and name in shipped_strategies():
        return _placed(_strategy(name), PLACES[kind])
    plugin = registry.find(kind, name)
    return _placed(describe(plugin), place_of(plugin))


def place_of(plugin: type[Plugin]) -> str | None:
    """Return where a plugin stands, with a gap for it; a gate in a tier file, in the list that is right for it."""
    if issubclass(plugin, Gate):
        return f"{part_of(plugin)}:\n  - {{}}"
    return PLACES.get(plugin.plugin_kind)


def _placed(page: Manual, place: str | None) -> Manual:
    return page if place is None else page._replace(example=place.replace("{}", page.example))


def plain(page: Manual) -> dict[str, Any]:
    """Return a manual page as JSON takes it."""
    return {**page._asdict(), "settings": [setting._asdict() for setting in page.settings]}


def _summary(page: Manual) -> str:
    return page.text.partition("\n")[0].partition(". ")[0].rstrip(".")


def _admit(spec: Path | None) -> None:
    if spec is not None:
        resolve(spec)


def _strategy(name: str) -> Manual:
    """Return the page of a strategy that ships as a file: its first remark, and its parameters."""
    file = configs() / "strategies" / f"{name}.yaml"
    tree = load(file).tree
    definition = None if tree is None else shaped(StrategyFile, tree, [])
    assert tree is not None and definition is not None, f"{file} ships with the package"
    params = tree.get("params")
    remarks = {name: tree.stands.text.partition(" # ")[2].strip() for name, tree in params.children()} if params else {}
    settings = tuple(
        Setting(param, "a number", "", str(value.default), str(value.range or ""), remarks[param])
        for param, value in definition.params.items()
    )
    given = ", ".join(f"{setting.name}: {setting.default}" for setting in settings)
    example = f"{{id: mine, use: {name}{f', with: {{{given}}}' if given else ''}}}"
    return Manual(STRATEGY, name, "\n".join(_remarks(file)), settings, example)


def _remarks(file: Path) -> Iterator[str]:
    """Return the comment at the head of a file."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            return
        if "yaml-language-server" not in line:
            yield line.removeprefix("#").strip()
