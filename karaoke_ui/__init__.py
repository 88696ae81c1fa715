"""The show: rules of the night, screens, REST API and command line."""
