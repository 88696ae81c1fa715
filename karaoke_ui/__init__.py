"""The show: rules of the night, screens, REST API and command line."""

from pipeline import __version__

__all__ = ["__version__"]
