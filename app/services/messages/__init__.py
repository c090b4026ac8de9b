"""Telling people: what the feed says becomes notices and messages, and messages go out."""

from app.services.messages.preferences import set_contact_preference
from app.services.messages.send import Posts, Sending, send_due
from app.services.messages.tell import tell_tenant
from app.services.messages.words import NewWords, put_words

__all__ = ["NewWords", "Posts", "Sending", "put_words", "send_due", "set_contact_preference", "tell_tenant"]
