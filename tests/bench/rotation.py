"""Rotation and forecast of a queue far longer than any night has, under each rule and with every obstacle there is."""

import random
import time
from dataclasses import replace

from karaoke_ui.show import forecast
from karaoke_ui.show.places import Sung, Waiting
from karaoke_ui.show.rotation import order
from karaoke_ui.show.rules import Order
from tests.bench.figures import Figure, milliseconds, percentile

TURNS, TIMES = 200, 60
LIMIT = 0.005


def measure() -> list[Figure]:
    chance = random.Random(1)
    figures = []
    for people in (40, 200):
        turns, past = _night(chance, people)
        for policy in Order:
            taken = [_once(turns, past, policy) for _ in range(TIMES)]
            what = f"rotation and forecast, {TURNS} turns of {people} people, {policy.value}"
            figures.append(milliseconds(f"{what}, p95", percentile(taken, 0.95), LIMIT))
    return figures


def _night(chance: random.Random, people: int) -> tuple[list[Waiting], list[Sung]]:
    turns = []
    for n in range(TURNS):
        turn = Waiting(f"t{n}", f"s{chance.randrange(people)}", float(n), float(n), chance.uniform(120, 300))
        match chance.randrange(12):
            case 0:
                turn = replace(turn, ready_at=chance.uniform(0, 3000))
            case 1:
                turn = replace(turn, pinned=chance.randrange(1, TURNS))
            case 2:
                turn = replace(turn, later=chance.randrange(1, 4))
            case 3:
                along = chance.sample([f"s{n}" for n in range(people)], chance.randrange(1, 6))
                turn = replace(turn, along=tuple(each for each in along if each != turn.singer))
            case 4:
                turn = replace(turn, told=chance.uniform(0, 3000))
        turns.append(turn)
    past = [Sung((f"s{chance.randrange(people)}",), at=float(n)) for n in range(60)]
    return turns, past


def _once(turns: list[Waiting], past: list[Sung], policy: Order) -> float:
    began = time.perf_counter()
    places = order(turns, past, policy, free_at=1000.0, changeover=30.0)
    forecast.last_call(places, 20_000.0)
    for place in places:
        forecast.not_before(place.at, 1000.0)
    return time.perf_counter() - began
