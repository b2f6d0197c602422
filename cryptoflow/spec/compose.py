"""One tree out of many: `extends`, the file, `--env NAME`, `--set`, in this order, later wins."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptoflow.errors import Place, Problem
from cryptoflow.spec.document import Opener, display, load, on_disk
from cryptoflow.spec.environment import substituted
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.overrides import overridden
from cryptoflow.spec.secrets import masked, withheld, written_out
from cryptoflow.spec.tree import Tree, merge
from cryptoflow.spec.written import named

MAX_FILES = 50


@dataclass(frozen=True)
class Composition:
    """The tree of a spec after composition, the files it came from, and every mistake found on the way."""

    tree: Tree | None
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)


def compose(
    file: Path,
    *,
    env: str | None = None,
    sets: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
    read: Opener = on_disk,
) -> Composition:
    """Read a spec with all it extends and all that is laid over it."""
    reading = _Reading(read)
    tree = reading.composed(file, None, ())
    if tree is not None and env is not None:
        tree = reading.overlaid(tree, file, env)
    if tree is None:
        return Composition(None, tuple(reading.files), tuple(masked(reading.problems, ())))
    tree = overridden(tree, sets, reading.problems)
    secrets = [*written_out(tree)]
    reading.problems.extend(problem for _, problem in secrets)
    tree = withheld(tree, [leaf for leaf, _ in secrets])
    hidden = tuple(str(leaf.value) for leaf, _ in secrets)
    tree = substituted(tree, environment, reading.problems)
    return Composition(tree, tuple(reading.files), tuple(masked(reading.problems, hidden)), hidden)


def overlays(file: Path, env: str) -> tuple[Path, Path]:
    """Where the overlay NAME of a spec may be, the nearer first: `btc.NAME.yaml`, then `env/NAME.yaml`."""
    return file.with_name(f"{file.stem}.{env}.yaml"), file.parent / "env" / f"{env}.yaml"


class _Reading:
    """The files read so far and what was wrong with them."""

    def __init__(self, read: Opener) -> None:
        self.read = read
        self.files: list[Path] = []
        self.problems: list[Problem] = []

    def composed(self, file: Path, asked: Place | None, above: tuple[Path, ...]) -> Tree | None:
        """A file laid over all it extends."""
        if len(self.files) >= MAX_FILES:
            self._say_once(Problem(f"the spec extends more than {MAX_FILES} files", None, "extend fewer"))
            return None
        document = load(file, asked=asked, read=self.read)
        self.problems.extend(document.problems)
        tree = document.tree
        if tree is None:
            return None
        self.files.append(file)
        if not isinstance(tree.value, dict):
            what = f"{display(file)} holds {_kind(tree)}, but a spec is a block of keys"
            self.problems.append(Problem(what, tree.place, "write `key: value` lines"))
            return None
        extends = tree.get("extends")
        own = tree.without("extends")
        if extends is None:
            return own
        under: Tree | None = None
        for name in extends.value if isinstance(extends.value, tuple) else (extends,):
            base = self._extended(file, name, (*above, file))
            if base is not None:
                under = base if under is None else merge(under, base)
        return own if under is None else merge(under, own)

    def _say_once(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _extended(self, file: Path, name: Tree, above: tuple[Path, ...]) -> Tree | None:
        if not isinstance(name.value, str) or not name.value:
            what = f"extends names a file, but here is {named(name.plain())}"
            self.problems.append(Problem(what, name.place, "write extends: [base.yaml]"))
            return None
        base = Path(os.path.normpath(file.parent / name.value))
        if base in [Path(os.path.normpath(each)) for each in above]:
            circle = " → ".join(each.name for each in (*above, base))
            fix = "take one of them out of `extends`"
            self.problems.append(Problem(f"extends goes in a circle: {circle}", name.place, fix))
            return None
        return self.composed(base, name.place, above)

    def overlaid(self, tree: Tree, file: Path, env: str) -> Tree:
        """The tree with the overlay of an environment laid over it."""
        place = Place("--env", 1, 1, env, max(1, len(env)))
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", env):
            what = f"`{env}` cannot name an overlay"
            self.problems.append(Problem(what, place, "use letters, digits, - and _"))
            return tree
        near, far = overlays(file, env)
        chosen = next((each for each in (near, far) if self._exists(each)), None)
        if chosen is None:
            what = f"there is no overlay {env}: neither {display(near)} nor {display(far)} exists"
            self.problems.append(Problem(what, place, suggestion(env, _known(file), "overlays here")))
            return tree
        over = self.composed(chosen, place, (file,))
        return tree if over is None else merge(tree, over)

    def _exists(self, file: Path) -> bool:
        try:
            self.read(file)
        except (OSError, ValueError):
            return False
        return True


def _known(file: Path) -> list[str]:
    """The overlays that a spec has."""
    near = [each.name[len(file.stem) + 1 : -len(".yaml")] for each in file.parent.glob(f"{file.stem}.*.yaml")]
    return sorted({*near, *(each.stem for each in (file.parent / "env").glob("*.yaml"))})


def _kind(tree: Tree) -> str:
    return "a list" if isinstance(tree.value, tuple) else "a single text"
