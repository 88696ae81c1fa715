"""Measure: key, tempo and the range of the voice."""

from pipeline.work import Work


def run(work: Work) -> None:
    work.check()
