"""Where the acts on accounts are written down.

The chain of the installation belongs to ``reviews``, which lies above and hands over its writer
when the application starts. An event carries the account's seal: a digest of address, name,
standing and mark, salted from the account's row, so that the chain holds no address and stays
true when a person is erased.
"""

from collections.abc import Callable
from typing import Any

WEB, COMMAND = "web", "command"

Writer = Callable[..., Any]
_writers: list[Writer] = []


def register(writer: Writer) -> None:
    """Add what writes an event of the installation: ``writer(verb, user=, channel=, **facts)``."""
    if writer not in _writers:
        _writers.append(writer)


def log(verb: str, *, account: Any, by: Any = None, channel: str = WEB, **facts: Any) -> None:
    """Write down an act on an account, within the transaction that changes it.

    ``by`` is who acted, where somebody signed in did.
    """
    for writer in _writers:
        writer(verb, user=by, channel=channel, account=account.uid, seal=account.seal(), **facts)
