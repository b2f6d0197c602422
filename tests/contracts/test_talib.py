"""Indicators agree with TA-Lib, or where it has none with their formula written in NumPy."""

from pathlib import Path

import numpy as np
import pytest
import talib

from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS
from cryptoflow.plugins.catalogue import rows
from cryptoflow.plugins.kinds import GROUPS
from cryptoflow.plugins.registry import find
from cryptoflow.spec.values import Period
from tests.contracts.scanning import batch, series
from tests.real_data import needs

HOUR = 3_600_000
SPAN = Period("2022-01-01..2022-08-31")
REAL = "ohlcv/binance_spot/{symbol}_{timeframe}_2022-2025H1.parquet"


class Talib:
    """TA-Lib, noting which of its functions were asked."""

    def __init__(self):
        self.names = set()

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(talib, name)


def keltner(t, b, period, atr_period, multiplier):
    upper, middle, lower = t.KC(b.high, b.low, b.close, period, atr_period, multiplier)
    mean = t.EMA(b.close, period)
    return mean, mean + (upper - middle), mean - (middle - lower)


def bollinger(t, b, period, deviations):
    upper, middle, lower = t.BBANDS(b.x, period, deviations, deviations)
    return middle, upper, lower, (upper - lower) / middle


def donchian(t, b, period):
    upper, lower = t.MAX(b.high, period), t.MIN(b.low, period)
    return (upper + lower) / 2, upper, lower


def chandelier(t, b, period, multiplier):
    away = multiplier * t.ATR(b.high, b.low, b.close, period)
    return t.MAX(b.high, period) - away, t.MIN(b.low, period) + away


def ichimoku(t, b, fast, slow, span):
    conversion, base, far = (t.MIDPRICE(b.high, b.low, bars) for bars in (fast, slow, span))
    return conversion, base, (conversion + base) / 2, far


def ppo(t, b, fast, slow, signal):
    line = t.PPO(b.x, fast, slow, 1)
    smooth = np.full_like(line, np.nan)
    smooth[slow:] = t.EMA(line[slow:], signal)
    return line, smooth, line - smooth


def aroon(t, b, period):
    down, up = t.AROON(b.high, b.low, period)
    return t.AROONOSC(b.high, b.low, period), up, down


def psar(t, b, acceleration, maximum):
    stop = t.SAR(b.high, b.low, acceleration, maximum)
    return stop, np.where(stop < b.high, 1.0, -1.0)


def heikin_ashi(t, b):
    opens, high, low, close = t.HA(b.open, b.high, b.low, b.close)
    return close, opens, high, low


def stoch_rsi(t, b, period, length, smooth, signal):
    k = t.STOCHRSI(b.x, period, length, smooth)[1]
    d = np.full_like(k, np.nan)
    known = np.argmax(np.isfinite(k))
    d[known:] = t.SMA(k[known:], signal)
    return k, d


def engulfing(t, b):
    """TA-Lib looks at no bar before the third, so the first is shown to it twice."""
    bars = (np.concatenate([column[:1], column]) for column in (b.open, b.high, b.low, b.close))
    return (np.sign(t.CDLENGULFING(*bars))[1:],)


THEIRS = {
    "ad": lambda t, b: (t.AD(b.high, b.low, b.close, b.volume),),
    "adosc": lambda t, b, fast, slow: (t.ADOSC(b.high, b.low, b.close, b.volume, fast, slow),),
    "adx": lambda t, b, n: [f(b.high, b.low, b.close, n) for f in (t.ADX, t.PLUS_DI, t.MINUS_DI)],
    "aroon": aroon,
    "atr": lambda t, b, n: (t.ATR(b.high, b.low, b.close, n),),
    "beta": lambda t, b, n: (t.BETA(b.y, b.x, n),),
    "bollinger": bollinger,
    "cci": lambda t, b, n: (t.CCI(b.high, b.low, b.close, n),),
    "chandelier": chandelier,
    "cmf": lambda t, b, n: (t.CMF(b.high, b.low, b.close, b.volume, n),),
    "cmo": lambda t, b, n: (t.CMOU(b.x, n),),
    "correlation": lambda t, b, n: (t.CORREL(b.x, b.y, n),),
    "dema": lambda t, b, n: (t.DEMA(b.x, n),),
    "doji": lambda t, b, *_: (t.CDLDOJI(b.open, b.high, b.low, b.close) / 100,),
    "donchian": donchian,
    "dpo": lambda t, b, n: (t.DPO(b.x, n),),
    "efficiency": lambda t, b, n: (t.ER(b.x, n),),
    "ema": lambda t, b, n: (t.EMA(b.x, n),),
    "engulfing": engulfing,
    "force": lambda t, b, n: (t.EFI(b.close, b.volume, n),),
    "hammer": lambda t, b, *_: (t.CDLHAMMER(b.open, b.high, b.low, b.close) / 100,),
    "heikin_ashi": heikin_ashi,
    "highest": lambda t, b, n: (t.MAX(b.x, n),),
    "hma": lambda t, b, n: (t.HMA(b.x, n),),
    "ichimoku": ichimoku,
    "kama": lambda t, b, n, *_: (t.KAMA(b.x, n),),
    "keltner": keltner,
    "linreg": lambda t, b, n: (t.LINEARREG(b.x, n), t.LINEARREG_SLOPE(b.x, n)),
    "lowest": lambda t, b, n: (t.MIN(b.x, n),),
    "macd": lambda t, b, fast, slow, signal: t.MACD(b.x, fast, slow, signal),
    "mfi": lambda t, b, n: (t.MFI(b.high, b.low, b.close, b.volume, n),),
    "mom": lambda t, b, n: (t.MOM(b.x, n),),
    "natr": lambda t, b, n: (t.NATR(b.high, b.low, b.close, n),),
    "obv": lambda t, b: (t.OBV(b.close, b.volume),),
    "percentile_rank": lambda t, b, n: (100 - t.PERCENTRANK(-b.x, n),),
    "ppo": ppo,
    "psar": psar,
    "range_share": lambda t, b: (t.STOCHF(b.high, b.low, b.close, 1, 1)[0] / 100,),
    "rma": lambda t, b, n: (t.RMA(b.x, n),),
    "roc": lambda t, b, n: (t.ROC(b.x, n),),
    "rsi": lambda t, b, n: (t.RSI(b.x, n),),
    "slope": lambda t, b, n: (t.LINEARREG_SLOPE(b.x, n),),
    "sma": lambda t, b, n: (t.SMA(b.x, n),),
    "stdev": lambda t, b, n: (t.STDDEV(b.x, n),),
    "stoch": lambda t, b, n, smooth, signal: t.STOCH(b.high, b.low, b.close, n, smooth, 0, signal, 0),
    "stoch_rsi": stoch_rsi,
    "sum": lambda t, b, n: (t.SUM(b.x, n),),
    "supertrend": lambda t, b, n, multiplier: t.SUPERTREND(b.high, b.low, b.close, n, multiplier),
    "tema": lambda t, b, n: (t.TEMA(b.x, n),),
    "trix": lambda t, b, n: (t.TRIX(b.x, n),),
    "true_range": lambda t, b: (t.TRANGE(b.high, b.low, b.close),),
    "tsi": lambda t, b, slow, fast: (t.TSI(b.x, slow, fast),),
    "uo": lambda t, b, fast, middle, slow: (t.ULTOSC(b.high, b.low, b.close, fast, middle, slow),),
    "vortex": lambda t, b, n: t.VORTEX(b.high, b.low, b.close, n),
    "vwap": lambda t, b, n: (t.VWMA(t.TYPPRICE(b.high, b.low, b.close), b.volume, n),),
    "vwma": lambda t, b, n: (t.VWMA(b.x, b.volume, n),),
    "williams_r": lambda t, b, n: (t.WILLR(b.high, b.low, b.close, n),),
    "wma": lambda t, b, n: (t.WMA(b.x, n),),
    "zscore": lambda t, b, n: ((b.x - t.SMA(b.x, n)) / t.STDDEV(b.x, n),),
}
"""Every output of an indicator as TA-Lib computes it, given its settings."""

ONLY_AS_SHOWN = {"doji", "hammer", "kama"}
"""TA-Lib takes no settings here, or not all of ours."""


def windows(values, n):
    """The last `n` values on each bar, missing where there are fewer."""
    return np.lib.stride_tricks.sliding_window_view(np.concatenate([np.full(n - 1, np.nan), values]), n)


def choppiness(b, n):
    before = np.concatenate([[np.nan], b.close[:-1]])
    reach = np.fmax(b.high, before) - np.fmin(b.low, before)
    reach[0] = np.nan
    return (
        100 * np.log(windows(reach, n).sum(1) / (windows(b.high, n).max(1) - windows(b.low, n).min(1))) / np.log(n),
    )


def share_of_range(b, part):
    return part, part / (b.high - b.low)


FORMULAS = {
    "body": lambda b: (b.close - b.open, abs(b.close - b.open) / (b.high - b.low)),
    "choppiness": choppiness,
    "garman_klass": lambda b, n: (
        np.sqrt(
            windows(np.log(b.high / b.low) ** 2 / 2 - (2 * np.log(2) - 1) * np.log(b.close / b.open) ** 2, n).mean(1)
        ),
    ),
    "lower_shadow": lambda b: share_of_range(b, np.minimum(b.open, b.close) - b.low),
    "parkinson": lambda b, n: (np.sqrt(windows(np.log(b.high / b.low) ** 2, n).mean(1) / (4 * np.log(2))),),
    "upper_shadow": lambda b: share_of_range(b, b.high - np.maximum(b.open, b.close)),
}
"""Those that TA-Lib lacks."""

ROWS = {row.name: row for group in GROUPS for row in rows(group)}


class Columns:
    """Bars by column, and two series of one's own: the closes, and those of another market."""

    def __init__(self, columns, other):
        self.__dict__.update(columns, x=columns["close"], y=other)


def random_walk():
    draw, bars = np.random.default_rng(11), 4_000
    close, other = (100 * np.exp(np.cumsum(draw.standard_t(4, bars)) / 100) for _ in range(2))
    opens = np.concatenate([[100.0], close[:-1]])
    up, down = 1 + draw.random((2, bars)) / 100
    high, low = np.maximum(opens, close) * up, np.minimum(opens, close) / down
    return Columns({"open": opens, "high": high, "low": low, "close": close, "volume": draw.random(bars)}, other)


def loaded(source, folder):
    """The bars of two symbols; after an outage of one they are out of step, which does no harm here."""
    first, second = (
        source.load(Asked(symbol, HOUR, SPAN.start, SPAN.end, 5, folder)) for symbol in ("BTC/USDT", "ETH/USDT")
    )
    both = min(len(first), len(second))
    return Columns({name: getattr(first, name)[:both] for name in COLUMNS}, second.close[:both])


@pytest.fixture(scope="module", params=["random", "synthetic", "recorded"])
def bars(request):
    if request.param == "random":
        return random_walk()
    if request.param == "synthetic":
        return loaded(find("source", "synthetic")(), Path())
    folder = needs(*(REAL.format(symbol=symbol, timeframe="1h") for symbol in ("BTCUSDT", "ETHUSDT")))
    return loaded(find("source", "parquet")(path=REAL), folder)


def cases(names):
    """Each indicator with its settings as shown, and with each of them somewhat larger."""
    for name in names:
        shown = {key: field.default for key, field in find("indicator", name).model_fields.items()}
        yield pytest.param(name, shown, id=name)
        if shown and name not in ONLY_AS_SHOWN:
            larger = {key: value + 3 if type(value) is int else 1.5 * value for key, value in shown.items()}
            yield pytest.param(name, larger, id=f"{name} changed")


def agree(name, bars, theirs, settings):
    function = find("indicator", name).function()
    bound = function.bind(settings)
    ours = batch(function, bound, series(function, vars(bars)))
    first = bound.warmup - 1
    for mine, other in zip(ours, map(np.asarray, theirs), strict=True):
        assert np.isfinite(mine[first:]).all()
        near_zero = 1e-11 * abs(other[first:]).max()
        np.testing.assert_allclose(mine[first:], other[first:], rtol=1e-9, atol=near_zero)


@pytest.mark.parametrize(("name", "settings"), list(cases(THEIRS)))
def test_it_agrees_with_the_functions_of_talib_that_its_page_names(name, settings, bars):
    asked = Talib()
    agree(name, bars, THEIRS[name](asked, bars, *settings.values()), settings)
    assert asked.names == set(ROWS[name].talib.split(", "))


@pytest.mark.parametrize(("name", "settings"), list(cases(FORMULAS)))
def test_it_agrees_with_its_formula_where_talib_has_none(name, settings, bars):
    agree(name, bars, FORMULAS[name](bars, *settings.values()), settings)


def test_no_indicator_goes_without_a_second_opinion():
    assert {name for name, row in ROWS.items() if row.talib} == set(THEIRS)
    assert set(ROWS) == {*THEIRS, *FORMULAS}
