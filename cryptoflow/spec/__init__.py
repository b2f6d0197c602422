"""Specs: YAML in, frozen models out, each value knowing its line and column."""
