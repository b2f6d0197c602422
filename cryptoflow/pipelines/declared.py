"""The strategies of a spec: found, given their parameters, and compiled."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.domain.graph import Graph
from cryptoflow.domain.metrics import EVERY_DAY
from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.pipelines.scripts import function, misfits, values_of
from cryptoflow.plugins import registry
from cryptoflow.plugins.deciding import mistakes
from cryptoflow.plugins.kinds import Strategy as Script
from cryptoflow.spec.document import Document, Opener, load
from cryptoflow.spec.expression import DISTANCES, FLAGS, QUANTITIES, compile_strategy, evaluate_requirement
from cryptoflow.spec.names import Name, SpecFile, Variable
from cryptoflow.spec.nearest import nearest, suggestion
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.shipped import configs, shipped_strategies
from cryptoflow.spec.strategy import Strategy
from cryptoflow.spec.strategy_checks import declared_params, is_expression, is_share, oddities, outside
from cryptoflow.spec.strategy_file import Param, StrategyFile, read_number
from cryptoflow.spec.syntax import Text
from cryptoflow.spec.tree import Tree
from cryptoflow.spec.written import MisreadError, Written


class Surroundings(NamedTuple):
    """What strategies are resolved against: the spec's folder, how files are read, and its market."""

    folder: Path
    read: Opener
    timeframe: int = 0
    symbols: tuple[str, ...] = ()
    max_distance: float = 1.0
    days: int = EVERY_DAY


@dataclass(frozen=True)
class Declared:
    """A strategy ready to run: declared in a file with its graph, or a plugin in Python with its settings."""

    entry: Strategy
    params: Mapping[str, float]
    definition: StrategyFile | None = None
    graph: Graph | None = None
    plugin: Script | None = None
    file: Path | None = None
    tree: Tree | None = None

    @property
    def id(self) -> str:
        """What orders, reports and `--set` call it."""
        return self.entry.id

    def settings(self) -> dict[str, Any]:
        """Every parameter or setting, values as written."""
        if self.plugin is not None:
            return self.plugin.model_dump(mode="json")
        return {name: str(value) if isinstance(value, Written) else value for name, value in self.params.items()}


class Strategies:
    """Resolves the strategies of one spec; a file used twice is read once."""

    def __init__(self, around: Surroundings, problems: list[Problem]) -> None:
        self._around, self._problems = around, problems
        self._documents: dict[Path, Document] = {}
        self.files: list[Path] = []

    def declared(self, entry: Strategy, tree: Tree) -> Declared | None:
        """The strategy of an entry, or None with what is wrong added to the problems."""
        if (entry.file is None) == (entry.use is None):
            both = entry.file is not None
            what = (
                f"strategy {entry.id} has both `file` and `use`" if both else f"strategy {entry.id} names no strategy"
            )
            fix = "keep one of them" if both else "add `file: strategies/ema_cross.yaml`, or `use:` and a name"
            self._say(what, (tree.get("use") or tree).stands if both else tree.stands, fix)
            return None
        if entry.file is not None:
            named = tree.get("file")
            assert named is not None
            return self._from_file(entry, tree, _beside(self._around.folder, named.place, entry.file), named.place)
        return self._by_name(entry, tree)

    def alone(self, file: Path) -> None:
        """Check a strategy file that no pipeline has named, with its own defaults."""
        entry = Strategy(id=Name("alone"), file=SpecFile("alone.yaml"))
        self._from_file(entry, Tree({}, Place(str(file), 1, 1)), file, None)

    def _say(self, what: str, where: Place | None, fix: str = "") -> None:
        self._problems.append(Problem(what, where, fix))

    def _by_name(self, entry: Strategy, tree: Tree) -> Declared | None:
        named = tree.get("use")
        assert named is not None
        if entry.use in shipped_strategies():
            return self._from_file(entry, tree, configs() / "strategies" / f"{entry.use}.yaml", named.place)
        try:
            kind = registry.find("strategy", str(entry.use))
        except CryptoflowError:
            near = nearest(str(entry.use), {*shipped_strategies(), *registry.names("strategy")})
            own = "a strategy of your own is named by `file:`; one in Python comes from a file that `plugins:` lists"
            fix = f"did you mean `{near}`?" if near else own
            self._say(f"no strategy is called {entry.use}", named.place, fix)
            return None
        settings = tree.get("with") or Tree({}, tree.place, tree.key)
        manual = f"`cryptoflow plugins show {entry.use}` lists every setting"
        plugin = shaped(kind, settings, self._problems, manual=manual, owner=str(entry.use))
        if not isinstance(plugin, Script):
            return None
        wrong = tuple(mistakes(type(plugin))) or tuple(misfits(plugin))
        if wrong:
            self._problems.extend(wrong)
            return None
        try:
            graph = values_of(plugin, self._around.timeframe, self._around.symbols, self._around.days)
        except CryptoflowError as error:
            self._problems.extend(problem._replace(where=problem.where or named.place) for problem in error.problems)
            return None
        return Declared(entry, {}, graph=graph, plugin=plugin, tree=tree)

    def _from_file(self, entry: Strategy, tree: Tree, file: Path, asked: Place | None) -> Declared | None:
        first = file not in self._documents
        if first:
            self._documents[file] = load(file, asked=asked, read=self._around.read)
            self.files.append(file)
            self._problems.extend(self._documents[file].problems)
        document = self._documents[file]
        if document.tree is None or document.problems:
            return None
        mistakes: list[Problem] = []
        definition = shaped(StrategyFile, document.tree, mistakes)
        mistakes.extend(oddities(document.tree, self._around.max_distance))
        known = definition.params if definition else declared_params(document.tree)
        params = None if known is None else self._params(tree, str(document.tree.plain().get("strategy")), known)
        graph = None
        if params is not None:
            mistakes.extend(_unmet(document.tree, params, entry, tree))
            graph = self._graph(document.tree, params, mistakes)
        told = {*self._problems}
        self._problems.extend(problem for problem in mistakes if problem not in told)
        if definition is None or params is None or graph is None:
            return None
        return Declared(entry, params, definition, graph, file=file, tree=document.tree)

    def _params(self, tree: Tree, name: str, known: Mapping[Variable, Param]) -> dict[str, float] | None:
        """The value of every parameter: given, or its default."""
        before = len(self._problems)
        given = tree.get("with")
        params: dict[str, float] = {str(key): param.default for key, param in known.items()}
        for key, value in given.value.items() if given and isinstance(given.value, dict) else ():
            if key not in known:
                what = f"{name} has no parameter `{key}`"
                fix = suggestion(key, known, "parameters") or "it has none: leave `with` out"
                self._say(what, value.key, fix)
                continue
            if value.refused:
                continue
            try:
                params[key] = read_number(value.plain())
            except MisreadError as error:
                self._say(f"{key} is {error.text}, but {error.law}", value.place, error.fix)
                continue
            for what, fix in outside(key, params[key], known[Variable(key)]):
                self._say(what, value.place, fix)
        return params if len(self._problems) == before else None

    def _graph(self, tree: Tree, params: Mapping[str, float], mistakes: list[Problem]) -> Graph | None:
        outputs = {
            key: Text.of(leaf)
            for key in (*FLAGS, *QUANTITIES)
            if (leaf := tree.get(key)) and is_expression(leaf) and not (key in DISTANCES and is_share(leaf))
        }
        let = tree.get("let")
        lets = {str(name): Text.of(leaf) for name, leaf in let.children() if is_expression(leaf)} if let else {}
        around = self._around
        scope = Scope(params, function, lambda: registry.names("indicator"), around.timeframe, around.symbols)
        try:
            return compile_strategy(outputs, scope, lets)
        except CryptoflowError as error:
            mistakes.extend(error.problems)
            return None


def _beside(folder: Path, place: Place, name: str) -> Path:
    """A file by the name that another file has for it; what `--set` names is relative to the spec."""
    start = folder if place.file.startswith("-") else Path(place.file).parent
    return Path(os.path.normpath(start / name))


def _unmet(tree: Tree, params: Mapping[str, float], entry: Strategy, used: Tree) -> Iterator[Problem]:
    """The requirements between parameters that do not hold."""
    require = tree.get("require")
    listed = require is not None and isinstance(require.value, tuple)
    for leaf in [inside for _, inside in require.children()] if require and listed else [require]:
        if leaf is None or not is_expression(leaf):
            continue
        text = Text.of(leaf)
        try:
            if evaluate_requirement(text, params):
                continue
        except CryptoflowError as error:
            yield from error.problems
            continue
        told = ", ".join(f"{name} is {value}" for name, value in params.items() if name in text.text)
        given = used.get("with")
        where = given.stands if given else leaf.place
        fix = f"{tree.plain().get('strategy')} requires it" if given else "change the defaults"
        yield Problem(f"{text.text} does not hold for {entry.id}: {told}", where, fix)
