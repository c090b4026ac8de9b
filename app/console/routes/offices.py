"""The pages of the office: secretariat and administrators."""

from typing import Final

from app.console.routes import (
    accounts,
    audit,
    clients,
    imports,
    maps,
    office,
    privacy,
    programs,
    queues,
    reports,
    rules,
    sent_messages,
    settings_pages,
    team,
    webhooks,
)

OFFICE: Final = (
    office,
    webhooks,
    accounts,
    clients,
    programs,
    rules,
    queues,
    team,
    settings_pages,
    maps,
    sent_messages,
    privacy,
    imports,
    audit,
    reports,
)
"""Modules whose pages are for people who have signed in."""
