import subprocess
import sys
from math import nan

import pytest
from pydantic import ValidationError

from cryptoflow.errors import CryptoflowError
from cryptoflow.plugins import registry
from cryptoflow.plugins.registry import Plugin, built_in, find, kinds, names
from cryptoflow.spec.values import Duration, Limit, Money, Share


def refused(action, *arguments):
    with pytest.raises(CryptoflowError) as error:
        action(*arguments)
    return str(error.value)


def test_every_built_in_file_registers_its_own_name():
    for kind in kinds():
        for name in built_in(kind):
            plugin = find(kind, name)
            assert (plugin.plugin_kind, plugin.plugin_name) == (kind, name)
            assert plugin.__doc__


def test_the_kinds_are_those_of_the_design():
    known = "source indicator strategy sizer rule slippage algo router broker notifier publisher store metric"
    assert kinds() == (*known.split(), "executor", "gate")


def test_an_unknown_name_comes_with_the_nearest():
    assert refused(find, "indicator", "emma") == "there is no indicator 'emma'\nhint: did you mean `ema`?"


def test_an_unknown_name_far_from_all_comes_with_all():
    assert "hint: slippages: fixed_bps, none, spread_impact, volume_share" in refused(find, "slippage", "xyz")


def test_an_unknown_kind_comes_with_the_nearest():
    assert "did you mean `sizer`?" in refused(names, "size")


def test_names_cannot_reach_outside_the_folder_of_their_kind():
    for name in ("../registry", "__init__", "registry", "ema.py", ""):
        assert "there is no indicator" in refused(find, "indicator", name)


def test_listing_imports_no_plugin():
    code = (
        "import sys; from cryptoflow.plugins.registry import names; assert 'ema' in names('indicator');"
        "sys.exit(any(name.startswith('cryptoflow.plugins.indicators.') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_finding_a_plugin_imports_nothing_heavy():
    code = (
        "import sys; from cryptoflow.plugins.registry import find, built_in\n"
        "for kind in ('indicator', 'sizer', 'rule', 'slippage', 'source'): [find(kind, n) for n in built_in(kind)]\n"
        "sys.exit(', '.join({'numpy', 'numba', 'pandas', 'pyarrow', 'ccxt', 'sqlmodel'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


class Cut(Plugin):
    """Settings of every type."""

    limit: Limit = Limit("8% or 80 USDT")
    share: Share = Share("2%")
    amount: Money | None = None
    wait: Duration = Duration("5m")
    on: bool = True
    word: str = "left out"
    listed: tuple[str, ...] = ("left", "out")
    count: int = 3


def test_a_verb_gets_its_settings_as_numbers_in_their_order():
    numbers = Cut().numbers()
    assert numbers[:3] == (0.08, 80.0, 0.02)
    assert numbers[3] != numbers[3], "an absent setting is NaN"
    assert numbers[4:] == (300_000.0, 1.0, 3.0)
    assert all(type(number) is float for number in numbers)
    assert str(nan) == str(numbers[3])


def test_settings_are_frozen_and_unknown_ones_refused():
    with pytest.raises(ValidationError):
        Cut().count = 4
    with pytest.raises(ValidationError, match="Extra inputs"):
        Cut(cuont=4)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Half", "'Half' cannot name a plugin"),
        ("lambda", "'lambda' cannot name a plugin"),
        ("all_in", "sizer all_in is built in and cannot be replaced"),
        ("half", "sizer half has no notional"),
    ],
)
def test_the_door_refuses_what_could_not_work(name, told):
    assert told in refused(registry.sizer(name), Cut)


def test_the_door_refuses_a_plugin_without_a_manual_page():
    silent = type("Silent", (Plugin,), {"__module__": __name__})
    assert "has no docstring" in refused(registry.metric("silent"), silent)
