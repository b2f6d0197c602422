"""From the file a trader wrote to a spec with every name looked up, or to a list of all that is wrong with it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.pipelines.blocks import foreign, instances, repeated
from cryptoflow.pipelines.declared import Declared, Strategies, Surroundings
from cryptoflow.pipelines.gates import gates_in
from cryptoflow.pipelines.pairs import unpaired
from cryptoflow.pipelines.resolved import HISTORY, Resolved, days_of
from cryptoflow.plugins.guests import FOLDER, Guest, admit
from cryptoflow.plugins.inspection import mistakes_of
from cryptoflow.spec.checks import misfits
from cryptoflow.spec.compose import Composition, compose
from cryptoflow.spec.document import Opener, display, on_disk
from cryptoflow.spec.features import Need, locked, needs
from cryptoflow.spec.mistakes import Locate, locator
from cryptoflow.spec.names import Variable
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.secrets import masked
from cryptoflow.spec.shape import Shape, part_of_a_spec, shape, shaped
from cryptoflow.spec.shipped import tiers
from cryptoflow.spec.sweep import Sweep
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.tree import Tree

PILLARS = {"cryptoflow", "market", "strategies"}
"""Keys of which a pipeline has at least one; a file without any is an overlay, or a base for others."""


@dataclass(frozen=True)
class Reading:
    """What became of a file: the kind of spec it is, all its problems, and what could be resolved."""

    kind: str
    problems: tuple[Problem, ...]
    resolved: Resolved | None = None
    files: tuple[Path, ...] = ()


def resolve(
    path: Path,
    *,
    env: str | None = None,
    sets: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
    opener: Opener = on_disk,
) -> Resolved:
    """The spec of a pipeline with every name looked up; raises with all that is wrong with it."""
    reading = read(path, env=env, sets=sets, environment=environment, opener=opener)
    if reading.resolved is None:
        fix = "name the spec of a pipeline that uses it"
        raise CryptoflowError(reading.problems or [Problem(f"{path} holds a {reading.kind}, no pipeline", None, fix)])
    return reading.resolved


def read(
    path: Path,
    *,
    env: str | None = None,
    sets: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
    opener: Opener = on_disk,
) -> Reading:
    """Read a pipeline, or a part of one, a strategy or a tier file, and report all mistakes in it and what it names."""
    opener = cache(opener)  # standard input can be read only once
    composed = compose(path, env=env, sets=sets, environment=environment, read=opener)
    if composed.tree is None:
        return Reading("pipeline", composed.problems, files=composed.files)
    keys = composed.tree.value if isinstance(composed.tree.value, dict) else {}
    if "strategy" in keys and "strategies" not in keys:
        return _strategy(path, opener)
    if "equity" in keys and "strategies" not in keys:
        problems = [*composed.problems]
        shaped(TierFile, composed.tree, problems)
        gates_in(composed.tree, problems)
        return Reading("tier", _in_order(problems, composed.secrets), files=composed.files)
    if not PILLARS & keys.keys():
        problems = [*composed.problems, *part_of_a_spec(composed.tree)]
        return Reading("part of a spec", _in_order(problems, composed.secrets), files=composed.files)
    return _pipeline(path, composed, composed.tree, opener)


def _strategy(path: Path, opener: Opener) -> Reading:
    problems: list[Problem] = []
    Strategies(Surroundings(path.parent, opener), problems).alone(path)
    return Reading("strategy", _in_order(problems, ()), files=(path,))


def _pipeline(path: Path, composed: Composition, tree: Tree, opener: Opener) -> Reading:
    problems = [*composed.problems]
    formed = shape(tree)
    problems.extend(formed.problems)
    locate = locator(tree)
    problems.extend(misfits(formed.parts, locate))
    problems.extend(unpaired(tree))
    problems.extend(repeated(tree))
    guests = _guests(path, formed, locate, problems)
    plugins = instances(tree, bool(guests), problems)
    problems.extend(foreign(tree, plugins, formed.parts["capital"]))
    resolver = Strategies(_surroundings(path, formed, opener, days_of(plugins.get(HISTORY))), problems)
    strategies = _strategies(tree, formed, resolver)
    if formed.parts["sweep"] is not None:
        problems.extend(_swept(formed.parts["sweep"], strategies, locate))
    needed: tuple[Need, ...] = ()
    if formed.pipeline is not None:
        needed = needs(formed.pipeline, _python(formed.pipeline, strategies), tiers())
        if formed.pipeline.tier is not None:
            names = {tier.tier: tier.name for tier in tiers()}
            problems.extend(locked(needed, formed.pipeline.tier, names, locate))
    files = tuple(dict.fromkeys((*composed.files, *resolver.files)))
    if problems or formed.pipeline is None:
        return Reading("pipeline", _in_order(problems, composed.secrets), files=files)
    whole = tuple(strategy for strategy in strategies if strategy is not None)
    resolved = Resolved(formed.pipeline, whole, plugins, needed, tree, path, files, guests)
    return Reading("pipeline", (), resolved, files)


def _guests(path: Path, formed: Shape, locate: Locate, problems: list[Problem]) -> tuple[Guest, ...]:
    """The plugin files the spec lists, run; only they may add names to those that ship."""
    files = [path.parent / FOLDER / str(name) for name in formed.parts["plugins"] or ()]
    before = len(problems)
    for position, file in enumerate(files):
        where = locate(("plugins", position), False)
        if not file.is_file():
            fix = f"`cryptoflow plugins new KIND NAME` writes one into {FOLDER}/"
            problems.append(Problem(f"there is no file {display(file)}", where, fix))
            continue
        try:
            admit([file])
        except CryptoflowError as error:
            problems.extend(_shown(problem, where) for problem in error.problems)
    guests = admit(files if len(problems) == before else [])
    problems.extend(problem for guest in guests for problem in mistakes_of(guest.module))
    return guests


def _shown(problem: Problem, where: Place | None) -> Problem:
    """The same problem with its file named as people name it, or at the line that asked for it."""
    inside = problem.where
    return problem._replace(where=inside._replace(file=display(Path(inside.file))) if inside else where)


def _surroundings(path: Path, formed: Shape, opener: Opener, days: int) -> Surroundings:
    market, risk = formed.parts["market"], formed.parts["risk"]
    return Surroundings(
        folder=path.parent,
        read=opener,
        timeframe=int(market.timeframe) if market else 0,
        symbols=tuple(str(symbol) for symbol in market.listed) if market else (),
        max_distance=float(risk.stop_loss.max_distance) if risk else 1.0,
        days=days,
    )


def _strategies(tree: Tree, formed: Shape, resolver: Strategies) -> list[Declared | None]:
    items = tree.get("strategies")
    trees = items.value if items and isinstance(items.value, tuple) else ()
    entries = formed.parts["strategies"]
    return [entry and resolver.declared(entry, item) for entry, item in zip(entries, trees, strict=True)]


def _python(pipeline: Pipeline, strategies: Sequence[Declared | None]) -> list[tuple[str | int, ...]]:
    """Where a spec brings code that the tier table counts as Python."""
    files: list[tuple[str | int, ...]] = [("plugins", position) for position in range(len(pipeline.plugins))]
    coded = [position for position, each in enumerate(strategies) if each is not None and each.plugin is not None]
    return [*files, *(("strategies", position, "use") for position in coded)]


def _swept(sweep: Sweep, strategies: Sequence[Declared | None], locate: Locate) -> Iterator[Problem]:
    """What a sweep varies that is not there, or not within the range of its parameter."""
    by_id = {strategy.id: strategy for strategy in strategies if strategy is not None}
    for name, values in sweep.params.items():
        where = locate(("sweep", "params", str(name)), True)
        if name.owner == "sizing" or (name.owner not in by_id and None in strategies):
            continue
        if name.owner not in by_id:
            yield Problem(f"there is no strategy `{name.owner}`", where, suggestion(name.owner, by_id, "strategies"))
            continue
        definition = by_id[name.owner].definition
        params = definition.params if definition else by_id[name.owner].settings()
        allowed = definition.params[Variable(name.param)].range if definition and name.param in params else None
        if name.param not in params:
            what = f"strategy {name.owner} has no parameter `{name.param}`"
            yield Problem(what, where, suggestion(name.param, params, "parameters"))
        elif allowed and (values.low not in allowed or values.high not in allowed):
            place = locate(("sweep", "params", str(name)), False)
            fix = "stay inside, or widen the range in the strategy's file"
            yield Problem(f"{name} goes over {values}, but its range is {allowed}", place, fix)


def _in_order(problems: Sequence[Problem], secrets: Sequence[str]) -> tuple[Problem, ...]:
    """Every problem once, by file in the order of reading, then by line; nothing secret shown."""
    once = tuple(dict.fromkeys(masked(problems, secrets)))
    files = {problem.where.file: number for number, problem in reversed([*enumerate(once)]) if problem.where}

    def position(problem: Problem) -> tuple[int, int, int]:
        where = problem.where
        return (files[where.file], where.line, where.column) if where else (-1, 0, 0)

    return tuple(sorted(once, key=position))
