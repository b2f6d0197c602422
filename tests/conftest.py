"""What all tests share: a switch that forbids skipping, and the evidence of the long ring."""

import os
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from cryptoflow.settings import settings

pytest_plugins = ["tests.servers.fixtures"]

MAY_SKIP = "real market data"
"""A test may be skipped for want of the data that is not part of the repository, and for nothing else."""

hypothesis.settings.register_profile(
    "short", deadline=None, database=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.register_profile("long", hypothesis.settings.get_profile("short"), derandomize=False)
hypothesis.settings.load_profile("short")
"""The first ring draws the same cases every time, so that it never fails by chance; the long ring draws new ones."""

EVIDENCE = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence", metavar="FILE", help="write what the long ring noted to a page")
    parser.addoption("--forbid-skips", action="store_true", help="fail when a test skips that a full machine would run")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[EVIDENCE] = []


@pytest.fixture(autouse=True, scope="session")
def state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what processes share about venues, like counts of requests, away from the user's own."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Note a line for the summary of the long ring, as `make test-long` writes it to docs/evidence/."""
    name = request.node.name.removeprefix("test_").replace("_", " ")
    return lambda line: request.config.stash[EVIDENCE].append(f"- {name}: {line}")


def summary(lines: list[str]) -> str:
    """Return the page of evidence: when, on what, and what the tests noted."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    head = f"# The long ring\n\n{datetime.now(UTC):%Y-%m-%d}, {machine}. Written by `make test-long`.\n\n"
    return head + "\n".join(lines) + "\n"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    told = config.stash[EVIDENCE]
    for line in told:
        terminalreporter.write_line(line)
    if config.getoption("--evidence") and told and not terminalreporter.stats.get("failed"):
        Path(config.getoption("--evidence")).write_text(summary(told))
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    wrong = [reason for reason in skipped if MAY_SKIP not in reason]
    if config.getoption("--forbid-skips") and wrong:
        terminalreporter.section("skips are forbidden here")
        for reason in wrong:
            terminalreporter.write_line(reason)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a test from seeing where the machine it runs on keeps its state, and how wide its terminal is."""
    for name in ("CRYPTOFLOW_HOME", "CRYPTOFLOW_DATABASE_URL", "CRYPTOFLOW_REDIS_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()
