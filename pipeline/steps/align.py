"""Align: word times inside lines that came with their own times only."""

from pipeline.work import Work


def run(work: Work) -> None:
    work.check()
