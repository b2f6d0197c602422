"""Only a market's own prices feed real decisions."""

from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.live_source import live_source
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.sources.stream import Stream
from tests.cli.projects import small


def test_without_a_word_it_is_the_stream_whatever_backtests_read(tmp_path: Path) -> None:
    source = live_source(resolve(small(tmp_path), sets=["sources.live={use: stream, top_silence: 5s}"]))
    assert isinstance(source, Stream)
    assert source.ears().limits == {"ticks": 60_000, "bars": 60_000, "top": 5_000, "book": 20_000}
    assert isinstance(live_source(resolve(tmp_path / "configs" / "small.yaml")), Stream)


@pytest.mark.parametrize("block", ["{use: synthetic}", "{use: csv, path: a.csv}", "{use: store}", "{use: ccxt}"])
def test_prices_that_no_market_makes_now_are_refused_where_they_stand(tmp_path: Path, block: str) -> None:
    spec = small(tmp_path)
    spec.write_text(spec.read_text().replace("sources: {", f"sources: {{live: {block}, "))
    with pytest.raises(CryptoflowError, match="listens to no market") as raised:
        live_source(resolve(spec))
    (problem,) = raised.value.problems
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == (6, 23)
    assert "use: stream" in problem.fix
