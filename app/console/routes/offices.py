"""The pages of the office: secretariat and administrators."""

from typing import Final

from app.console.routes import clients, office, programs, rules, webhooks

OFFICE: Final = (office, webhooks, clients, programs, rules)
"""Modules whose pages are for people who have signed in."""
