"""The stage's page as it leaves the box: its texts filled in."""

import html
import json
from pathlib import Path

from karaoke_ui import text

HERE = Path(__file__).parent


def filled() -> str:
    texts = text.part("stage")
    made = (HERE / "stage.html").read_text(encoding="utf-8")
    made = made.replace("{{ no_script }}", html.escape(texts["no_script"]))
    return made.replace("{{ texts }}", json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"))
