"""Indicators: one step each, compiled by batch and called by runtime."""
