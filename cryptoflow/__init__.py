"""Trade crypto from one YAML file."""

__version__ = "0.6.0"
