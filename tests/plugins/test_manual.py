import pytest
import yaml

from cryptoflow.plugins.manual import describe
from cryptoflow.plugins.registry import built_in, find, kinds

BLOCKS = [(kind, name) for kind in kinds() for name in sorted(built_in(kind)) if kind not in ("indicator", "strategy")]


def test_a_setting_is_shown_with_type_unit_default_range_and_meaning():
    (period,) = describe(find("indicator", "bollinger")).settings[:1]
    assert period == ("period", "a whole number", "bars", "20", "at least 2, at most 100000", "bars in the window")


def test_the_text_is_the_docstring():
    text = describe(find("rule", "cash")).text
    assert text.startswith("Spend only free cash")


def test_an_indicator_with_several_outputs_shows_how_to_ask_for_one():
    assert describe(find("indicator", "macd")).example == "macd(close, 12, 26, 9).signal"
    assert describe(find("indicator", "correlation")).example == "correlation(close, close[1], 30)"


def test_one_that_reads_indicators_shows_what():
    page = describe(find("sizer", "volatility_target"))
    assert page.reads == (("wild", "stdev(close / close[1] - 1, bars) * sqrt(bars_per_year)"),)
    assert describe(find("sizer", "fixed")).reads == ()


@pytest.mark.parametrize(("kind", "name"), BLOCKS)
def test_the_example_of_a_block_is_valid_as_it_stands(kind, name):
    block = yaml.safe_load(describe(find(kind, name)).example)
    assert block.pop("use") == name
    find(kind, name).model_validate(block)


@pytest.mark.parametrize(("kind", "name"), BLOCKS)
def test_every_setting_says_what_it_means(kind, name):
    assert all(setting.doc for setting in describe(find(kind, name)).settings)
