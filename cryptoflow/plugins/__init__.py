"""Plugins: settings plus one verb, found by name."""
