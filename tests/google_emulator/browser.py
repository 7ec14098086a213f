"""Walks the consent pages as a browser would, without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from .consent import PATH
from .grants import SIGN_IN, scope_list
from .wire import Call, Reply

if TYPE_CHECKING:
    from .emulator import Emulator


def consent(
    emulator: Emulator, url: str, email: str, untick: Iterable[str] = (), deny: bool = False
) -> str:
    """Where Google sends the browser: the redirect address with code and state, or with an error.

    `untick` names (ends of) scopes. Raises RuntimeError with the page's text when Google shows
    an error page of its own.
    """
    query = [*parse_qsl(urlsplit(url).query, keep_blank_values=True), ("account", email)]
    reply = emulator.answer(Call("GET", PATH, query))
    if reply.status == 200:
        wanted = scope_list(dict(query)["scope"]) - SIGN_IN
        kept = [s for s in sorted(wanted) if not s.endswith(tuple(untick))]
        form = {f"scope{n}": scope for n, scope in enumerate(kept)}
        form["action"] = "cancel" if deny else "continue"
        reply = emulator.answer(Call("POST", PATH, query, {}, urlencode(form).encode()))
    return _location(reply)


def _location(reply: Reply) -> str:
    if "Location" not in reply.headers:
        raise RuntimeError(f"{reply.status}: {reply.body.decode()[-400:]}")
    return reply.headers["Location"]
