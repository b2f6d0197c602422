"""What all tests share: a cache of compiled code, and a switch that forbids skipping."""

from collections.abc import Iterator

import pytest

from cryptoflow.settings import settings

MAY_SKIP = "real market data"
"""A test may be skipped for want of the data that is not part of the repository, and for nothing else."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forbid-skips", action="store_true", help="fail when a test skips that a full machine would run")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    wrong = [reason for reason in skipped if MAY_SKIP not in reason]
    if config.getoption("--forbid-skips") and wrong:
        terminalreporter.section("skips are forbidden here")
        for reason in wrong:
            terminalreporter.write_line(reason)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a test from seeing where the machine it runs on keeps its state."""
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()
