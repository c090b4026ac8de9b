"""The composition root of HTTP: everything the application needs is made here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from alembic.script import ScriptDirectory
from fastapi import FastAPI

from app import clock
from app.api.application import Desk
from app.api.deps import House, make_issuer, make_limits, make_session_tools
from app.api.edge import Most
from app.api.openapi import TITLE, VERSION
from app.api.routes import (
    absences,
    accounts,
    agencies,
    allotments,
    assigning,
    assistance,
    assistance_imports,
    attachments,
    audit,
    breaches,
    cadres,
    campaign_checkins,
    campaign_hand_out,
    campaign_recipients,
    campaign_reports,
    campaigns,
    cases,
    clients,
    clocks,
    codes,
    contacts,
    dashboards,
    data_requests,
    dci,
    dci_async,
    dci_partners,
    dci_subscriptions,
    deaths,
    deliberation_agenda,
    deliberation_minutes,
    deliberations,
    desks,
    docs,
    duplicates,
    duty,
    events,
    exports,
    families,
    figures,
    findings,
    graduations,
    health,
    households,
    hsds,
    intake,
    jobs,
    lapor,
    letter_checks,
    letter_links,
    letter_templates,
    letters,
    letters_waiting,
    link_receiver,
    links,
    lists,
    maps,
    me,
    messages,
    messages_sent,
    moves,
    needs,
    notifications,
    oauth,
    objections,
    oidc,
    overlap,
    overrides,
    people,
    people_merges,
    people_records,
    periodic_report_files,
    periodic_reports,
    pledges,
    policies,
    program_versions,
    programs,
    proposal_batches,
    readers,
    readiness,
    reconciliations,
    referral_attachments,
    referral_batches,
    referrals,
    regions,
    registry,
    registry_findings,
    reports,
    reserving,
    risk,
    rule_editor,
    service_keys,
    slips,
    statistics,
    statistics_pages,
    steps,
    sync,
    sync_changes,
    targets,
    tasks,
    team,
    track,
    track_attachments,
    track_pages,
    village_results,
    visits,
    webhooks,
)
from app.console.app import console_routes
from app.db.migrations import config
from app.db.session import connect
from app.integrations.files import open_files
from app.integrations.keyring import Keyring
from app.integrations.object_store import store_of
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, Vault
from app.services.access_log import AccessLog
from app.services.bearers import SessionCache
from app.services.knowledge import KnowledgeSource
from app.settings import Settings

MODULES = (
    oauth,
    audit,
    oidc,
    me,
    notifications,
    accounts,
    clients,
    service_keys,
    regions,
    maps,
    codes,
    agencies,
    programs,
    program_versions,
    rule_editor,
    allotments,
    overrides,
    hsds,
    cadres,
    desks,
    policies,
    duty,
    people,
    people_records,
    people_merges,
    families,
    figures,
    deaths,
    intake,
    households,
    reports,
    risk,
    duplicates,
    cases,
    steps,
    clocks,
    links,
    moves,
    readers,
    readiness,
    attachments,
    messages,
    messages_sent,
    lapor,
    letters,
    letters_waiting,
    letter_templates,
    letter_links,
    letter_checks,
    link_receiver,
    assigning,
    visits,
    webhooks,
    tasks,
    contacts,
    absences,
    team,
    referrals,
    referral_attachments,
    referral_batches,
    assistance_imports,
    assistance,
    overlap,
    dci,
    dci_async,
    dci_partners,
    dci_subscriptions,
    graduations,
    targets,
    track,
    track_attachments,
    track_pages,
    slips,
    data_requests,
    breaches,
    campaigns,
    campaign_recipients,
    campaign_hand_out,
    campaign_checkins,
    campaign_reports,
    deliberations,
    deliberation_agenda,
    deliberation_minutes,
    objections,
    village_results,
    proposal_batches,
    needs,
    pledges,
    dashboards,
    periodic_reports,
    periodic_report_files,
    statistics,
    statistics_pages,
    reconciliations,
    findings,
    jobs,
    lists,
    registry,
    registry_findings,
    events,
    reserving,
    sync,
    sync_changes,
    exports,
    health,
    docs,
)


class NotConfigured(ValueError):
    """A setting that the service cannot run without is not there."""


@cache
def _migration_head() -> str:
    return ScriptDirectory.from_config(config("")).get_current_head() or ""


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Make what a process holds, and close it afterwards; the access log is flushed each second meanwhile.

    Raises:
        NotConfigured: no database or no keys are set. Whoever starts the embedded database or makes the
            demo's keys puts them into *settings* first.
    """
    if settings.database_url is None or settings.master_keys is None or settings.index_keys is None:
        raise NotConfigured("PUSKESOS_DATABASE_URL, PUSKESOS_MASTER_KEYS and PUSKESOS_INDEX_KEYS are needed")
    url = settings.database_url.get_secret_value()
    issuer = make_issuer(settings)
    database = await connect(url, pool_size=settings.pool_size, intake_pool_size=settings.intake_pool_size)
    ids = Ids()
    blind = Blind(Keyring.parse(settings.index_keys.get_secret_value()))
    house = House(
        settings=settings,
        database=database,
        vault=Vault(Keyring.parse(settings.master_keys.get_secret_value())),
        blind=blind,
        ids=ids,
        knowledge=KnowledgeSource(database),
        passwords=Passwords(),
        access_log=AccessLog(database, ids.new_id),
        sessions=SessionCache(),
        limits=make_limits(settings),
        session_tools=make_session_tools(settings, ids, blind),
        files=open_files(store_of(settings), settings.clamav),
        migration_head=_migration_head(),
        issuer=issuer,
    )
    stop = asyncio.Event()
    flushing = asyncio.create_task(house.access_log.run(stop))
    try:
        yield house
    finally:
        stop.set()
        await flushing
        await house.files.close()
        await database.close()


def create_app(settings: Settings, house: House | None = None) -> Desk:
    """Build the application. With *house* it uses that one and leaves closing it to its maker."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if house is not None:
            yield
            return
        async with open_house(settings) as made:
            app.state.house = made
            yield

    app = Desk(
        title=TITLE,
        version=VERSION,
        lifespan=lifespan,
        cors_origins=settings.cors_origins,
        most=Most(settings.max_body_bytes, settings.max_upload_bytes, settings.max_list_bytes),
    )
    app.state.house = house
    app.add_routes(MODULES)
    app.router.routes.extend(console_routes(app, clock.now))
    return app
