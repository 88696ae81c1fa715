"""The show: rules of the night, screens, REST API and command line."""

__version__ = "0.1.0"
