"""What probes have shown of a spec and its code."""

from collections.abc import Sequence
from math import isnan, nan
from typing import Literal, get_args

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate

Probe = Literal["lookahead", "warmup"]


@gate("evidence")
class Probed(Gate):
    """Ask that probes have passed for this spec and this code."""

    of: tuple[Probe, ...] = Field(
        min_length=1, description="probes that have to pass", examples=["[lookahead, warmup]"]
    )

    def numbers(self) -> tuple[float, ...]:
        """For each probe 1 where it is asked for: names are no numbers, and the verb takes nothing else."""
        return tuple(1.0 if probe in self.of else 0.0 for probe in get_args(Probe))

    @staticmethod
    def finding(
        evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], lookahead: float, warmup: float
    ) -> Finding:
        """As many that passed as are asked for; one that was never run has not, and none that was run is no answer.

        >>> Probed.finding(Evidence(lookahead=1.0, warmup=0.0), (), (), 1.0, 1.0)
        Finding(value=1.0, needed=2.0, met=0)
        >>> Probed.finding(Evidence(lookahead=1.0), (), (), 1.0, 1.0)
        Finding(value=1.0, needed=2.0, met=0)
        >>> [Probed.finding(each, (), (), 1.0, 0.0).met for each in (Evidence(lookahead=1.0), Evidence())]
        [1, 0]
        """
        passed, known = 0.0, 0.0
        for asked, shown in ((lookahead, evidence.lookahead), (warmup, evidence.warmup)):
            if asked > 0.0 and not isnan(shown):
                passed += shown
                known += 1.0
        return at_least(passed if known > 0.0 else nan, lookahead + warmup)
