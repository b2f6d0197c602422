"""What is wrong with the plugins of a guest's file, told before any of them runs."""

import sys

from cryptoflow.errors import Problem
from cryptoflow.plugins import deciding, steps
from cryptoflow.plugins.kinds import Strategy
from cryptoflow.plugins.registry import Plugin


def mistakes_of(module: str) -> tuple[Problem, ...]:
    """The mistakes of every plugin that a guest's module holds."""
    held = vars(sys.modules[module]).values()
    plugins = [one for one in held if isinstance(one, type) and issubclass(one, Plugin) and one.__module__ == module]
    return tuple(
        problem
        for plugin in plugins
        for problem in (deciding.mistakes(plugin) if issubclass(plugin, Strategy) else steps.mistakes(plugin))
    )
