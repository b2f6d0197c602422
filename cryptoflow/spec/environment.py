"""`${env:NAME}` in a spec: the value comes from the environment when the spec is loaded."""

import re
from collections.abc import Mapping
from dataclasses import replace

from cryptoflow.errors import Problem
from cryptoflow.spec.scalars import scalar
from cryptoflow.spec.secrets import REFERENCE
from cryptoflow.spec.tree import Tree, spot

MENTION = re.compile(r"\$\{([^${}]*)\}?")
NAME = r"[A-Za-z_][A-Za-z0-9_]*"


def substituted(tree: Tree, environment: Mapping[str, str], problems: list[Problem]) -> Tree:
    """The tree with the environment's values in place of `${env:NAME}` and `${env:NAME:default}`.

    A value that is nothing but a mention, and not in quotes, is read as YAML reads it, so that numbers stay
    numbers. `${secret:NAME}` is left as it is: secrets are looked up where they are used, never in a spec.
    """
    if isinstance(tree.value, dict):
        inside = {key: substituted(each, environment, problems) for key, each in tree.value.items()}
        return replace(tree, value=inside)
    if isinstance(tree.value, tuple):
        return replace(tree, value=tuple(substituted(each, environment, problems) for each in tree.value))
    if not isinstance(tree.value, str) or "${" not in tree.value:
        return tree
    text, before = tree.value, len(problems)
    filled = MENTION.sub(lambda found: _value(found, tree, environment, problems), text)
    if len(problems) > before:
        return replace(tree, refused=True)
    whole = MENTION.fullmatch(text) and not tree.quoted
    reference = "" if REFERENCE.fullmatch(text) else text
    return replace(tree, value=scalar(filled) if whole else filled, reference=reference)


def _value(found: re.Match[str], tree: Tree, environment: Mapping[str, str], problems: list[Problem]) -> str:
    kind, _, rest = found[1].partition(":")
    name, colon, default = rest.partition(":")
    where = spot(tree, found.start(), len(found[0]))

    def refuse(what: str, fix: str) -> str:
        problems.append(Problem(what, where, fix))
        return ""

    if not found[0].endswith("}"):
        return refuse(f"`{found[0]}` is not closed", "add the closing }")
    if kind == "secret" and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", rest):
        if found[0] != tree.value:
            return refuse("a secret stands alone, not inside another text", f"write {found[0]} and nothing else")
        return found[0]
    if kind != "env" or not re.fullmatch(NAME, name):
        likely = f"${{env:{kind}}}" if re.fullmatch(NAME, kind) and kind not in {"env", "secret"} else "${env:NAME}"
        return refuse(f"`{found[0]}` names nothing", f"write {likely} or ${{secret:NAME}}")
    if name in environment:
        return environment[name].encode(errors="replace").decode()
    if colon:
        return default
    return refuse(f"the environment has no variable {name}", f"set it, or give a default: ${{env:{name}:value}}")
