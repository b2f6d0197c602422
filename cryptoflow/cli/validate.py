"""`cryptoflow validate`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cryptoflow.cli.options import AsJson, Overlay, Sets

if TYPE_CHECKING:
    from cryptoflow.pipelines.validate import Checked

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.", show_default=False),
]
NAMES = {"strategy": "a strategy", "tier": "a tier", "overlay": "an overlay", "part of a spec": "a part of a spec"}


def validate(paths: Paths, as_json: AsJson = False, sets: Sets = None, env: Overlay = None) -> None:
    """Check specs, strategies and tier files: every mistake at once, and the tier a spec needs.

    Exit code 3 when any file has a mistake. A universe that no recorded day can choose yet is a warning.

    Examples:

      cryptoflow validate configs/btc_trend.yaml

      cryptoflow validate configs --json

      cd configs && cryptoflow validate - < btc_trend.yaml
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.validate import problems_of, validate

    found = validate(paths, env=env, sets=tuple(sets or ()))
    problems = problems_of(found)
    if as_json:
        say.data({"ok": not problems, "files": [plain(each) for each in found]})
        raise typer.Exit(ExitCode.INVALID if problems else ExitCode.OK)
    for each in found:
        for line in lines(each):
            say.text(line)
    for warning in dict.fromkeys(warning for each in found for warning in each.warnings):
        say.remark(f"{warning._replace(what=f'warning: {warning.what}')}")
    if problems:
        raise CryptoflowError(problems)


def lines(checked: "Checked") -> Iterator[str]:
    """What a person reads about a file."""
    if checked.problems:
        count = len(checked.problems)
        yield f"{checked.file}: {count} mistake{'s' if count > 1 else ''}"
    elif checked.of:
        yield f"{checked.file}: ok, {NAMES[checked.kind].removesuffix(' of a spec')} of {', '.join(checked.of)}"
    elif checked.needs_tier is None:
        yield f"{checked.file}: ok, {NAMES[checked.kind]}"
    else:
        yield f"{checked.file}: ok, needs tier {checked.needs_tier}"
        for reason in checked.reasons:
            yield f"  tier {reason.tier} for {reason.what}" + (f" ({reason.where})" if reason.where else "")


def plain(checked: "Checked") -> dict[str, Any]:
    """What a program reads about a file."""
    from cryptoflow.cli.say import as_object

    reasons = [
        {
            "feature": reason.feature,
            "what": reason.what,
            "tier": reason.tier,
            "where": str(reason.where) if reason.where else None,
        }
        for reason in checked.reasons
    ]
    return {
        "file": checked.file,
        "kind": checked.kind,
        "ok": not checked.problems,
        "needs_tier": checked.needs_tier,
        "reasons": reasons,
        "of": list(checked.of),
        "warnings": [as_object(problem) for problem in checked.warnings],
        "errors": [as_object(problem) for problem in checked.problems],
    }
