"""What `sweep` and `walkforward` search, and how they judge it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from cryptoflow.spec.block import Spec
from cryptoflow.spec.values import Bytes, Duration, Range, Written

Objective = Literal["final_equity", "total_return", "cagr", "sharpe", "sortino", "calmar", "profit_factor", "win_rate"]


class SweptName(Written, str):
    """A parameter by the strategy's id and its own name, or a setting of the sizer."""

    noun, example, pattern = "a parameter", "trend.fast", r"([A-Za-z][A-Za-z0-9_-]*)\.([a-z_][a-z0-9_]*)"
    owner: str
    param: str

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        owner, param = cls._groups(text, "write it like trend.fast: the strategy's id, a dot, the parameter")
        return text, {"owner": owner, "param": param}


class Budget(Spec):
    """What a search may use."""

    trials: int = Field(10_000, ge=1, le=10_000_000, description="number of combinations that are tried at most")
    memory: Bytes = Field(Bytes("2 GiB"), description="memory that is used at most")


class Folds(Spec):
    """How a walk-forward divides the period."""

    kind: Literal["rolling", "anchored"] = Field(
        "rolling", description="whether the training span moves along, or grows from the start"
    )
    train: Duration = Field(Duration("180d"), gt=0, description="length of each training span")
    test: Duration = Field(Duration("30d"), gt=0, description="length of each test span that follows")


class Sweep(Spec):
    """What `sweep` and `walkforward` search, and how they judge it."""

    params: dict[SweptName, Range] = Field({}, description="parameters and the values to try")
    objective: Objective = Field("sharpe", description="metric to make as large as possible")
    budget: Budget = Field(Budget(), description="what the search may use")
    folds: Folds = Field(Folds(), description="how a walk-forward divides the period")
