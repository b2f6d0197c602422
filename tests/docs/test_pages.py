"""The documents keep their own rules."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
HEADINGS = ["Problem", "Evidence", "Alternatives", "Decision", "Before and after"]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_five_headings_and_a_line_in_the_index(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    parts = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
    assert all(len(part.split()) >= 10 for part in parts)
    assert re.search(r"\d", parts[1]), "evidence without a number"
    assert page.name in (page.parent / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in (ROOT / "cryptoflow").rglob("*.py")}),
    ids=lambda folder: str(folder.relative_to(ROOT)),
)
def test_each_package_says_in_a_few_lines_what_lives_there(folder: Path) -> None:
    lines = [line for line in (folder / "README.md").read_text().splitlines() if line.strip()]
    assert 3 <= len(lines) <= 16
