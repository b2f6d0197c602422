"""Sizers: how much an entry would like to be."""
