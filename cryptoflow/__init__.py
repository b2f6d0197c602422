"""Trade crypto from one YAML file."""

__version__ = "0.4.0"
