"""Several sing a song"""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Row = dict[str, Any]


def upgrade() -> None:
    for table, nobody in (("turn", "{}"), ("performance", "[]")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("partners", sa.JSON(), nullable=False, server_default=nobody))
    op.execute(
        "UPDATE turn SET partners = json_object(partner_id, lower(partner))"
        " WHERE partner_id IS NOT NULL AND partner != 'NONE'"
    )
    op.execute("UPDATE performance SET partners = json_array(partner_id) WHERE partner_id IS NOT NULL")
    _mend_deeds(_gathered)
    for table in ("turn", "performance"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_partner_id_singer"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_{table}_partner_id"))
            batch_op.drop_column("partner_id")
            if table == "turn":
                batch_op.drop_column("partner")


def downgrade() -> None:
    """One is kept of several: who said yes first, else who was asked first."""
    for table in ("turn", "performance"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("partner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
            if table == "turn":
                answers = sa.Enum("NONE", "ASKED", "YES", "NO", name="partner")
                batch_op.add_column(sa.Column("partner", answers, nullable=False, server_default="NONE"))
            batch_op.create_index(batch_op.f(f"ix_{table}_partner_id"), ["partner_id"], unique=False)
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_partner_id_singer"), "singer", ["partner_id"], ["id"]
            )
    _keep_one()
    _mend_deeds(_alone)
    for table in ("performance", "turn"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("partners")


def _keep_one() -> None:
    box = op.get_bind()
    for turn_id, partners in box.execute(
        sa.text("SELECT id, partners FROM turn WHERE partners != '{}'")
    ).all():
        one = _alone({"partners": json.loads(partners)})
        kept = {"id": turn_id, "who": one["partner_id"], "said": one["partner"].upper()}
        box.execute(sa.text("UPDATE turn SET partner_id = :who, partner = :said WHERE id = :id"), kept)
    op.execute("UPDATE performance SET partner_id = json_extract(partners, '$[0]')")


def _mend_deeds(mend: Callable[[Row], Row]) -> None:
    """What an undo brings back is kept as the columns were."""
    box = op.get_bind()
    for deed_id, before in box.execute(
        sa.text("SELECT id, before FROM deed WHERE before LIKE '%\"partner%'")
    ).all():
        rows = json.loads(before)
        rows["turn"] = {key: mend(values) for key, values in rows.get("turn", {}).items()}
        mended = {"id": deed_id, "before": json.dumps(rows, ensure_ascii=False)}
        box.execute(sa.text("UPDATE deed SET before = :before WHERE id = :id"), mended)


def _gathered(turn: Row) -> Row:
    if "partner" not in turn:
        return turn
    rest = {key: value for key, value in turn.items() if key not in ("partner_id", "partner")}
    return rest | {"partners": {turn["partner_id"]: turn["partner"]} if turn["partner_id"] else {}}


def _alone(turn: Row) -> Row:
    if "partners" not in turn:
        return turn
    rest = {key: value for key, value in turn.items() if key != "partners"}
    answers = sorted(turn["partners"].items(), key=lambda each: ["yes", "asked", "no"].index(each[1]))
    who, said = answers[0] if answers else (None, "")
    return rest | {"partner_id": who, "partner": said}
