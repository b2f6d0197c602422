"""Slippages: what a fill loses against the price seen."""
