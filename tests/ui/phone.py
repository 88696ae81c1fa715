"""A phone in the page tests."""

from uuid import uuid4

import httpx
from nicegui.testing import User


async def press_ask(user: User, **manner: object) -> httpx.Response:
    """What the form in the sheet sends, and tells the page once it has an answer."""
    (form,) = user.find(marker="ask").elements
    turn = uuid4().hex
    body = {**form.props["body"], form.props["field"]: turn, "key": form.props["start"], **manner}
    answer = await user.http_client.post(form.props["url"], json=body)
    if answer.is_success:
        user.find(marker="ask").trigger("done", turn)
    return answer
