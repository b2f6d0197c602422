"""A spec as a plan that decides from a moment on, and the names for what it decides."""

from cryptoflow.engine.plan import Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.journals.recording import refused_from
from cryptoflow.pipelines.journals.telling import Terms
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tapes import Names


def plan_from(resolved: Resolved, start: int) -> Plan:
    """Return the plan of a spec whose first decision is at the first close after a moment."""
    first = start + int(resolved.pipeline.market.timeframe)
    return plan_of(resolved, [first] * len(resolved.symbols))


def terms_of(resolved: Resolved, plan: Plan, account: str) -> Terms:
    """Return the names and sizes that an account's journal is told in."""
    rules = [rule.name for rule in plan.verbs.rules]
    names = Names(plan.symbols, [str(each.id) for each in resolved.strategies], rules)
    return Terms(
        account=account,
        symbols=plan.symbols,
        strategies=names.strategies,
        rules=names.rules,
        gates=[step.name for step in plan.verbs.gates],
        lots=[market.lot for market in plan.markets],
        whole=[market.whole == 1 for market in plan.markets],
        base_fees=plan.account.base_fees == 1,
        currency=str(resolved.pipeline.capital.currency),
        timeframe=plan.account.timeframe,
        correlation_limit=refused_from(plan),
        by="cryptoflow",
    )
