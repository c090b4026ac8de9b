"""The pages of the office: secretariat and administrators."""

from typing import Final

from app.console.routes import clients, office, webhooks

OFFICE: Final = (office, webhooks, clients)
"""Modules whose pages are for people who have signed in."""
