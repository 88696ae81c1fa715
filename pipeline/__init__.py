"""The library, and how a song becomes singable. Runs without any screen and never imports `karaoke_ui`."""

__version__ = "0.1.0"
