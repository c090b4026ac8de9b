"""A referral as its receiver, the receiver's proxy and its sender act on it and read it."""

from app.services.referrals.act import ACTIONS, Request, act, require_party
from app.services.referrals.reading import Read, read_one, read_page

__all__ = ["ACTIONS", "Read", "Request", "act", "read_one", "read_page", "require_party"]
