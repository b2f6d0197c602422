"""The pages that the code writes are as the code writes them."""

from pathlib import Path

import pytest

from cryptoflow.cli.pages import DRAWN, helps, leaves, pages, redrawn
from cryptoflow.pipelines.machines import MACHINES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["commands.md", "exit-codes.md", "indicators.md", "spec.md"])
def test_a_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text() == pages()[name], "`python -m cryptoflow.cli.pages` writes the pages anew"


def test_the_machines_are_drawn_as_the_code_has_them_each_on_one_page() -> None:
    drawn = [name for page in sorted(DOCS.glob("*.md")) for name in DRAWN.findall(page.read_text())]
    assert sorted(drawn) == sorted(MACHINES)
    for page in DOCS.glob("*.md"):
        assert page.read_text() == redrawn(page.read_text()), "`python -m cryptoflow.cli.pages` draws them anew"


def test_every_command_has_an_example_and_speaks_json() -> None:
    said = dict(helps())
    for command in leaves():
        text = said[f"cryptoflow {command}"]
        assert "Examples:" in text, command
        assert f"cryptoflow {command}" in text.partition("Examples:")[2], command
        assert "--json" in text, command
