"""The stage's page as it leaves the box: its texts filled in."""

import html
import json
from pathlib import Path

from karaoke_ui import text

HERE = Path(__file__).parent


def texts() -> dict[str, str]:
    """In the language that is spoken, with its name."""
    return {"language": text.language(), **text.part("stage")}


def filled() -> str:
    said = texts()
    made = (HERE / "stage.html").read_text(encoding="utf-8")
    made = made.replace("{{ no_script }}", html.escape(said["no_script"]))
    made = made.replace("{{ language }}", said["language"])
    return made.replace("{{ texts }}", json.dumps(said, ensure_ascii=False).replace("<", "\\u003c"))
