"""People, the rules of a night, and what the stage shows"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohost",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("password", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rights", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohost")),
        sa.UniqueConstraint("name", name=op.f("uq_cohost_name")),
    )
    op.create_table(
        "houselist",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_houselist")),
        sa.UniqueConstraint("name", name=op.f("uq_houselist_name")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("undone_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_deed_night_id_night")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deed_night_id"), ["night_id"], unique=False)

    op.create_table(
        "favourite",
        sa.Column("singer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("song_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["singer_id"], ["singer.id"], name=op.f("fk_favourite_singer_id_singer")),
        sa.ForeignKeyConstraint(["song_id"], ["song.id"], name=op.f("fk_favourite_song_id_song")),
        sa.PrimaryKeyConstraint("singer_id", "song_id", name=op.f("pk_favourite")),
    )
    op.create_table(
        "guest",
        sa.Column("night_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("singer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("came_at", sa.Float(), nullable=False),
        sa.Column("hint", sa.Enum("NONE", "HERE", "COMING", "AWAY", name="hint"), nullable=False),
        sa.Column("hint_at", sa.Float(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_guest_night_id_night")),
        sa.ForeignKeyConstraint(["singer_id"], ["singer.id"], name=op.f("fk_guest_singer_id_singer")),
        sa.PrimaryKeyConstraint("night_id", "singer_id", name=op.f("pk_guest")),
    )
    op.create_table(
        "houselistsong",
        sa.Column("list_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("song_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["houselist.id"], name=op.f("fk_houselistsong_list_id_houselist"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["song_id"], ["song.id"], name=op.f("fk_houselistsong_song_id_song")),
        sa.PrimaryKeyConstraint("list_id", "song_id", name=op.f("pk_houselistsong")),
    )
    op.create_table(
        "message",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("night_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("singer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sa.Enum("ASKED", "SHOWN", "OVER", "REFUSED", name="messagestate"), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("shown_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_message_night_id_night")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_night_id"), ["night_id"], unique=False)

    op.create_table(
        "phone",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("singer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["singer_id"], ["singer.id"], name=op.f("fk_phone_singer_id_singer")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_phone")),
    )
    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_singer_id"), ["singer_id"], unique=False)

    op.create_table(
        "phonesinger",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("singer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["singer_id"], ["singer.id"], name=op.f("fk_phonesinger_singer_id_singer")),
        sa.PrimaryKeyConstraint("token", "singer_id", name=op.f("pk_phonesinger")),
    )
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("cohost_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )

    with op.batch_alter_table("night", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("rules", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )

    with op.batch_alter_table("performance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counted", sa.Boolean(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("partner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("key", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tempo", sa.Float(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_performance_partner_id"), ["partner_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_performance_partner_id_singer"), "singer", ["partner_id"], ["id"]
        )

    with op.batch_alter_table("playback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("muted", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rescue", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("key", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tempo", sa.Float(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column(
                "scene",
                sa.Enum(
                    "IDLE",
                    "APPLAUSE",
                    "CALLED",
                    "WAITING",
                    "COUNTDOWN",
                    "PLAYING",
                    "HOLD",
                    "BREAK",
                    "CLOSING",
                    "CREDITS",
                    name="scene",
                ),
                nullable=False,
                server_default="IDLE",
            )
        )
        batch_op.add_column(sa.Column("scene_at", sa.Float(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("scene_until", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("called_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(
            sa.Column("message", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("sounds_from", sa.Float(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(batch_op.f("fk_playback_called_id_turn"), "turn", ["called_id"], ["id"])

    with op.batch_alter_table("singer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("spoken", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("regular", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("recovery", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("merged_into", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_singer_recovery"), ["recovery"], unique=False)

    with op.batch_alter_table("song", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blocked", sa.Boolean(), nullable=False, server_default="0"))

    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("sound_offset", sa.Float(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("picture_offset", sa.Float(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("heard_at", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column("about", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )

    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.add_column(sa.Column("video_allowed", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("brought_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )

    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tempo", sa.Float(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("partner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "partner",
                sa.Enum("NONE", "ASKED", "YES", "NO", name="partner"),
                nullable=False,
                server_default="NONE",
            )
        )
        batch_op.add_column(
            sa.Column("message", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("pinned", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("later", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("wish", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("called_at", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("not_before", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("early_ok", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("closing", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.alter_column(
            "state",
            existing_type=sa.VARCHAR(length=8),
            type_=sa.Enum(
                "REQUESTED", "REFUSED", "WAITING", "ON_STAGE", "SUNG", "SKIPPED", "REMOVED", name="turnstate"
            ),
            existing_nullable=False,
        )
        batch_op.create_index(batch_op.f("ix_turn_partner_id"), ["partner_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_turn_partner_id_singer"), "singer", ["partner_id"], ["id"])

    # Whether guests may ask for videos is one of the night's rules from now on.
    op.execute(
        """UPDATE night SET rules = '{"youtube": "closed"}' WHERE is_open AND EXISTS
        (SELECT 1 FROM setting WHERE name = 'guests.youtube' AND value = 'off')"""
    )
    op.execute("DELETE FROM setting WHERE name = 'guests.youtube'")
    # A phone was a field of its singer until now.
    op.execute(
        "INSERT INTO phone (token, singer_id, seen_at) SELECT device, min(id), max(created_at) FROM singer WHERE device != '' GROUP BY device"
    )
    op.execute("INSERT INTO phonesinger (token, singer_id) SELECT device, id FROM singer WHERE device != ''")
    with op.batch_alter_table("singer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_singer_device"))
        batch_op.drop_column("device")
    # Who asked for a song on a night was there.
    op.execute(
        """INSERT INTO guest (night_id, singer_id, came_at, hint, paused, confirmed, muted)
        SELECT night_id, singer_id, min(asked_at), 'NONE', 0, 0, 0 FROM turn GROUP BY night_id, singer_id"""
    )


def downgrade() -> None:
    with op.batch_alter_table("singer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("device", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_singer_device"), ["device"], unique=False)
    op.execute(
        """UPDATE singer SET device =
        coalesce((SELECT token FROM phonesinger WHERE singer_id = singer.id LIMIT 1), '')"""
    )
    op.execute("UPDATE turn SET state = 'REMOVED' WHERE state IN ('REQUESTED', 'REFUSED')")
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_turn_partner_id_singer"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_turn_partner_id"))
        batch_op.alter_column(
            "state",
            existing_type=sa.Enum(
                "REQUESTED", "REFUSED", "WAITING", "ON_STAGE", "SUNG", "SKIPPED", "REMOVED", name="turnstate"
            ),
            type_=sa.VARCHAR(length=8),
            existing_nullable=False,
        )
        batch_op.drop_column("closing")
        batch_op.drop_column("missed")
        batch_op.drop_column("early_ok")
        batch_op.drop_column("not_before")
        batch_op.drop_column("called_at")
        batch_op.drop_column("wish")
        batch_op.drop_column("later")
        batch_op.drop_column("pinned")
        batch_op.drop_column("message")
        batch_op.drop_column("partner")
        batch_op.drop_column("partner_id")
        batch_op.drop_column("tempo")
        batch_op.drop_column("key")

    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_column("brought_by")
        batch_op.drop_column("video_allowed")

    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.drop_column("about")
        batch_op.drop_column("heard_at")
        batch_op.drop_column("picture_offset")
        batch_op.drop_column("sound_offset")
        batch_op.drop_column("name")

    with op.batch_alter_table("song", schema=None) as batch_op:
        batch_op.drop_column("blocked")

    with op.batch_alter_table("singer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_singer_recovery"))
        batch_op.drop_column("merged_into")
        batch_op.drop_column("language")
        batch_op.drop_column("recovery")
        batch_op.drop_column("regular")
        batch_op.drop_column("spoken")

    with op.batch_alter_table("playback", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_playback_called_id_turn"), type_="foreignkey")
        batch_op.drop_column("sounds_from")
        batch_op.drop_column("trouble")
        batch_op.drop_column("message")
        batch_op.drop_column("called_id")
        batch_op.drop_column("scene_until")
        batch_op.drop_column("scene_at")
        batch_op.drop_column("scene")
        batch_op.drop_column("tempo")
        batch_op.drop_column("key")
        batch_op.drop_column("rescue")
        batch_op.drop_column("muted")

    with op.batch_alter_table("performance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_performance_partner_id_singer"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_performance_partner_id"))
        batch_op.drop_column("tempo")
        batch_op.drop_column("key")
        batch_op.drop_column("partner_id")
        batch_op.drop_column("counted")

    with op.batch_alter_table("night", schema=None) as batch_op:
        batch_op.drop_column("rules")

    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_column("cohost_id")

    op.drop_table("phonesinger")
    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_singer_id"))

    op.drop_table("phone")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_night_id"))

    op.drop_table("message")
    op.drop_table("houselistsong")
    op.drop_table("guest")
    op.drop_table("favourite")
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deed_night_id"))

    op.drop_table("deed")
    op.drop_table("houselist")
    op.drop_table("cohost")
