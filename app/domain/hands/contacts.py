"""When a resident counts as unreachable: so many tries, on so many days, by so many means, all in vain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

_DEFAULT: Final = 3
_DEFAULT_MEANS: Final = 2


@dataclass(frozen=True, slots=True)
class Tried:
    at: datetime
    means: str
    reached: bool


def contacts_enough(tried: Iterable[Tried], policy: Mapping[str, Any], zone: tzinfo) -> bool:
    """Tell whether the recorded tries meet the policy ``unreachable_contacts``.

    Only tries since she was last reached count; days are those of *zone*.
    """
    tried = list(tried)
    reached = max((one.at for one in tried if one.reached), default=None)
    vain = [one for one in tried if not one.reached and (reached is None or one.at > reached)]
    days = {one.at.astimezone(zone).date() for one in vain}
    means = {one.means for one in vain}
    return (
        len(vain) >= int(policy.get("contacts", _DEFAULT))
        and len(days) >= int(policy.get("days", _DEFAULT))
        and len(means) >= int(policy.get("means", _DEFAULT_MEANS))
    )
