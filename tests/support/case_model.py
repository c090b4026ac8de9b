"""A case and its referrals as design section 4 has them, in a page: what the service is held against.

Written from the design and not from the product's tables. It knows one case of an ordinary matter, whose
receiver is one agency.
"""

from dataclasses import dataclass, field
from typing import Final

CASE: Final[dict[str, dict[str, str]]] = {
    "registered": {
        "ask_completion": "incomplete",
        "verify": "verifying",
        "handle": "handling",
        "refer": "referred",
        "resolve": "resolved",
        "void": "void",
    },
    "incomplete": {"complete": "", "resolve": "resolved", "void": "void"},
    "verifying": {
        "ask_completion": "incomplete",
        "record_verification": "handling",
        "resolve": "resolved",
        "void": "void",
    },
    "handling": {
        "ask_completion": "incomplete",
        "propose": "awaiting_decision",
        "refer": "referred",
        "resolve": "resolved",
        "void": "void",
    },
    "awaiting_decision": {
        "ask_completion": "incomplete",
        "return": "handling",
        "decide_refer": "referred",
        "decide_resolve": "resolved",
        "void": "void",
    },
    "referred": {
        "ask_completion": "incomplete",
        "refer": "referred",
        "resolve": "resolved",
        "void": "void",
    },
    "resolved": {"confirm": "closed", "dispute": "handling"},
    "closed": {"reopen": "handling"},
    "void": {"restore": ""},
}
"""Status, action, next status; an empty one is where the case came from."""
DECISIONS: Final = ("return", "decide_refer", "decide_resolve")

SENT, ACCEPTED, WAITING, SERVING = "sent", "accepted", "waitlisted", "in_service"
LIVE: Final = ("sent", "accepted", "returned", "waitlisted", "in_service")
RECEIVER: Final[dict[str, dict[str, str]]] = {
    "accept": {SENT: ACCEPTED},
    "return": dict.fromkeys((SENT, ACCEPTED, SERVING), "returned"),
    "refuse": dict.fromkeys((SENT, ACCEPTED), "refused"),
    "not_ours": dict.fromkeys((SENT, ACCEPTED), "not_ours"),
    "waitlist": {ACCEPTED: WAITING},
    "start": dict.fromkeys((ACCEPTED, WAITING), SERVING),
    "deliver": dict.fromkeys((ACCEPTED, SERVING), SERVING),
    "fulfil": dict.fromkeys((ACCEPTED, WAITING, SERVING), "fulfilled"),
    "fail": dict.fromkeys((ACCEPTED, WAITING, SERVING), "unfulfilled"),
}
SENDER: Final[dict[str, dict[str, str]]] = {
    "resend": {"returned": SENT},
    "revoke": dict.fromkeys(LIVE, "revoked"),
}


@dataclass
class ModelReferral:
    id: str
    program: str
    aid: bool
    status: str = SENT
    given: list[int] = field(default_factory=list)
    """Whole rupiah of each delivery."""

    def next(self, action: str) -> str | None:
        """The status after *action*, or none if it is refused."""
        if action == "deliver" and not self.aid:
            return None
        if action == "fulfil" and self.aid and not self.given:
            return None
        return {**RECEIVER, **SENDER}[action].get(self.status)

    @property
    def blocks(self) -> bool:
        return self.status in LIVE and self.status != WAITING


@dataclass
class ModelCase:
    status: str = "registered"
    incomplete_from: str = ""
    void_from: str = ""
    heard: int = 0
    """Answers ``not_ours`` that the secretariat has been asked about."""
    referrals: list[ModelReferral] = field(default_factory=list)

    def allowed(self, decides: bool) -> set[str]:  # noqa: FBT001
        """The actions of an officer who does, or does not, decide proposals."""
        return {one for one in CASE[self.status] if decides or one not in DECISIONS}

    def step(self, action: str) -> None:
        target = CASE[self.status][action]
        if action == "ask_completion":
            self.incomplete_from = self.status
        if action == "void":
            self.void_from = self.status
        if action in {"resolve", "decide_resolve", "void"}:
            self.revoke_all()
        came_from = self.void_from if action == "restore" else self.incomplete_from
        self.status = target or came_from
        self.settle()

    def revoke_all(self) -> None:
        for one in self.referrals:
            if one.status in LIVE:
                one.status = "revoked"

    def settle(self) -> None:
        """What the service does by itself after each act, in the same transaction."""
        if self.status != "referred":
            return
        bounced = sum(one.status == "not_ours" for one in self.referrals)
        if bounced >= 3 and bounced > self.heard:
            self.heard, self.status = bounced, "awaiting_decision"
        elif self.referrals and not any(one.blocks for one in self.referrals):
            self.status = "handling"

    def given_idr(self) -> int:
        return sum(sum(one.given) for one in self.referrals)
