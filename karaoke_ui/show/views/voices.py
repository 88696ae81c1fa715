"""Who sings a turn, as the screens show it: the one who asked, and those who sing along."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from karaoke_ui.show.tables import Partner, Turn


@dataclass(frozen=True)
class PartnerView:
    """Somebody who was asked to sing along, and the answer."""

    id: str
    name: str
    face: str
    says: Partner


@dataclass(frozen=True)
class Voices:
    """The ground of every view of a turn."""

    singer_id: str
    singer: str
    face: str
    # All who were asked to sing along, in that order.
    partners: tuple[PartnerView, ...] = field(default=(), kw_only=True)

    def who(self, *says: Partner) -> tuple[PartnerView, ...]:
        """Of those who were asked: who said this."""
        return tuple(each for each in self.partners if each.says in says)

    def said(self, singer_id: str) -> Partner | None:
        """What somebody said who was asked; None for everybody else."""
        return next((each.says for each in self.partners if each.id == singer_id), None)

    def sings(self, singer_id: str) -> bool:
        """Alone, or along."""
        return singer_id == self.singer_id or self.said(singer_id) is Partner.YES

    @property
    def asks(self) -> bool:
        """Somebody has not answered yet."""
        return bool(self.who(Partner.ASKED))

    @property
    def names(self) -> tuple[str, ...]:
        """Of all who sing."""
        return (self.singer, *(each.name for each in self.who(Partner.YES)))

    @property
    def faces(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.face, *(each.face for each in self.who(Partner.YES)))))


def partners(turn: Turn, singers: Mapping[str, Any], called: Mapping[str, str]) -> tuple[PartnerView, ...]:
    """`singers`: their names and faces; `called`: what everybody is called tonight."""
    return tuple(
        PartnerView(each, called.get(each, singers[each].name), singers[each].face, Partner(said))
        for each, said in turn.partners.items()
        if each in singers
    )
