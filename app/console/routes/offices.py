"""The pages of the office: secretariat and administrators."""

from typing import Final

from app.console.routes import (
    audit,
    clients,
    imports,
    office,
    privacy,
    programs,
    queues,
    reports,
    rules,
    settings_pages,
    team,
    webhooks,
)

OFFICE: Final = (
    office,
    webhooks,
    clients,
    programs,
    rules,
    queues,
    team,
    settings_pages,
    privacy,
    imports,
    audit,
    reports,
)
"""Modules whose pages are for people who have signed in."""
