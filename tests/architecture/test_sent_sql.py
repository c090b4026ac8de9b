"""What the service really says to the database, held to the rules of a database that is spread by tenant."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.worker.jobs.clocks import act_on_clocks
from app.worker.loop import work_once
from tests.support.desk import open_case
from tests.support.http import log_in, serving
from tests.support.outside import outside_tour
from tests.support.recording import housed, recorded
from tests.support.sql_lint import TENANT, complaints
from tests.support.tour import look_around, take_what_is_offered, tour
from tests.support.tour_counting import figures_sent
from tests.support.tour_dci import dci_sent, dci_tour
from tests.support.tour_lapor import agency_tour, lapor_sent, lapor_tour
from tests.support.tour_webhooks import webhooks_sent, webhooks_tour
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits

ALLOWED = {
    r"(assistance_lines|registry_entries) is not .*nik_digest (=|IN)": "registry and aid, by keyed hash",
    r"accounts is not .*accounts\.sign_in_digest IN": "who somebody is whom the outside issuer vouches for",
    r"persons is not .*nik_digest IN": "who is on record under a NIK anywhere, for whoever is about to give",
    r"referrals is not .*WHERE referrals\.agency_code =": "the inbox of an agency above the regency",
    r"figure_(counts|groups) is not .*figure_groups\.agency_code =": "figures of that inbox",
    r"(feed_heads|figure_cursors) is not .*figure_cursors\.n AS counted": "how far they are",
    r"(case_readers|cases) is not .*(case_readers\.account_id|cases\.assignee_id) = [^ ]+ AND true$": (
        "what names somebody of such an agency"
    ),
    r"referrals is not .*referrals\.case_id, referrals\.id FROM referrals WHERE true": "the same",
    r"(feed_heads|figure_cursors) is not .*figure_cursors\.n IS NULL": "which tenants have figures to count",
    r"work is not .*SELECT (DISTINCT|min)": "which tenants have work that is due, at most once a second",
    r"work is not .*work\.done_at IS NULL AND work\.kind IN": "how far the worker lags, for /readyz",
    r"work is not .*GROUP BY work\.kind": "what waits by kind of job, for /metrics",
    r"webhooks is not .*webhooks\.waiting <": "which endpoints follow the feed",
    r"webhooks is not .*SELECT DISTINCT": "which tenants have something to send",
    r"webhooks is not .*SELECT (sum|webhooks\.state)": "the same of webhooks, for /metrics",
    r"(feed_pending|messages|clocks) is not .*SELECT (count|feed_pending\.event_id)": (
        "what waits in the whole house and for how long, for /metrics, at most each five seconds"
    ),
    r"messages is not .*SELECT DISTINCT": "which tenants have something to send",
    r"dci_(messages|subscriptions) is not .*SELECT DISTINCT": "which tenants have answers to post or to make",
    r"data_keys is not .*LIMIT": "whether the master keys are those of the data, once in a process",
    r"clocks is not .*clocks\.act_at < .* GROUP BY": "which tenants have clocks to look at",
    r"feed_pending is not .*SELECT DISTINCT": "which tenants have events to number",
    r"feed_heads is not .*FROM feed_heads$": "which tenants have a feed, for the nation and seals",
    r"(feed_heads|figure_cursors) is not .*figure_cursors\.version !?=": (
        "whose figures are behind their feed, and which are counted so far that a month can be published"
    ),
    r"access_log is not .*SELECT DISTINCT": "which tenants have a log, for the seals",
    r"(desks|holidays|policies|regency_settings|availabilities|registry_snapshots|program_overrides) is not "
    r".*(?<!WHERE) ORDER BY": (
        "what a process holds in memory, read again only when its version row changed"
    ),
    r"availabilities is not .*WHERE availabilities\.program_code =": "where a programme is open",
}
"""What may ask every shard, and why; each pattern must be met, so that none outlives its statement."""

NOT_WALKED = {
    "campaign": "choosing and handing out take a crowd of people on record; their own tests drive them",
    "reconciliation": "a list is compared by a job of its own; its own tests drive it",
}
"""Tables whose statements this walk does not meet yet, and why; nothing else may be left out."""

Said = set[str]


@pytest.fixture(scope="module")
async def both(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Said]:
    """Every statement of a walk through the service with a round of the worker, and those of the nation."""
    ordinary: Said = set()
    url = house.settings.database_url
    assert url is not None
    async with recorded(url.get_secret_value(), ordinary) as database:
        async with serving(housed(house, database)) as client:
            desks = await tour(client)
            await outside_tour(await log_in(client, "admin@1374"), housed(house, database))
        tools = make_tools(database, lambda: datetime.now(UTC), tmp_path_factory.mktemp("worker"))
        async with transaction(database.sessions) as tx:
            await work.ensure_periodic(tx, tools.now())
        await work_once(tools)
        await figures_sent(tools)
        for days in (30, 40, 50):
            later = datetime.now(UTC) + timedelta(days=days)
            await act_on_clocks(replace(tools, now=partial(_at, later)), claim_of(work.ACT_ON_CLOCKS))
        async with serving(housed(house, database)) as client:
            await take_what_is_offered(client, desks[-1])
            manager = await log_in(client, "manajer@1374")
            path = await webhooks_tour(manager, await log_in(client, "admin@1374"))
            await open_case(await log_in(client, "siti@1374"))
            await webhooks_sent(tools, manager, path)
            await dci_tour(await log_in(client, "admin@1374"))
            await dci_sent(tools)
            office, siti = await log_in(client, "sekretariat@1374"), await log_in(client, "siti@1374")
            await lapor_sent(tools, await lapor_tour(office, siti))
            await agency_tour(office, siti, await log_in(client, "dinsos@1374"))
    nation: Said = set()
    async with (
        recorded(url.get_secret_value(), nation) as database,
        serving(housed(house, database)) as client,
    ):
        await look_around(await log_in(client, "auditor@0000"), desks)
    return ordinary, nation


def _at(instant: datetime) -> datetime:
    return instant


@pytest.fixture
def said(both: tuple[Said, Said]) -> Said:
    return both[0]


def test_the_walk_meets_every_table(said: Said) -> None:
    text = " ".join(said)
    unmet = sorted(name for name in TENANT if name not in text)
    assert ", ".join(name for name in unmet if not name.startswith(tuple(NOT_WALKED))) == ""


def test_every_statement_names_its_tenant(said: Said) -> None:
    found = {told for statement in said for told in complaints(statement)}
    assert {told for told in found if not any(re.match(pattern, told) for pattern in ALLOWED)} == set()
    unused = [pattern for pattern in ALLOWED if not any(re.match(pattern, told) for told in found)]
    assert unused == []


def test_the_nation_reads_every_shard_and_locks_none(both: tuple[Said, Said]) -> None:
    """An auditor of the nation sees all; such a screen is slow, and may not hold anybody up."""
    loose = [statement for statement in both[1] - both[0] if complaints(statement)]
    assert loose
    assert [one for one in loose if not one.lstrip().startswith(("SELECT", "WITH"))] == []
    assert [one for one in loose if "FOR UPDATE" in one or "SELECT *" in one.replace("(SELECT *", "")] == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT a FROM cases WHERE regency_code = $1", ""),
        ("SELECT a FROM cases WHERE ticket = $1", "cases is not held"),
        ("SELECT a FROM cases WHERE regency_code = $1 OR ticket = $2", "cases is not held"),
        ("SELECT a FROM cases WHERE (regency_code = $1 AND b = 1) OR (regency_code = $2)", ""),
        ("SELECT a FROM cases WHERE NOT (regency_code = $1)", "cases is not held"),
        ("SELECT a FROM cases WHERE regency_code LIKE $1", "cases is not held"),
        ("SELECT a FROM cases WHERE regency_code != $1", "cases is not held"),
        (
            "SELECT a FROM cases WHERE regency_code = $1 UNION SELECT a FROM cases WHERE b = 1",
            "cases is not held",
        ),
        ("SELECT a FROM cases c JOIN tasks t ON t.case_id = c.id WHERE c.regency_code = $1", "tasks is not"),
        (
            (
                "SELECT 1 FROM tasks t JOIN cases c ON c.regency_code = t.regency_code "
                "WHERE t.regency_code = ANY($1)"
            ),
            "",
        ),
        (
            "SELECT a FROM cases c WHERE c.regency_code = $1 AND EXISTS (SELECT 1 FROM tasks t)",
            "tasks is not",
        ),
        ("SELECT a FROM cases WHERE id = $1 FOR UPDATE", "locks over tenants"),
        ("UPDATE cases SET version = 2 WHERE id = $1", "cases is not held"),
        ("UPDATE cases SET updated_at = now() WHERE regency_code = $1", "volatile"),
        ("DELETE FROM tasks WHERE id = $1", "tasks is not held"),
        ("INSERT INTO tasks (id, case_id) VALUES ($1, $2)", "insert into tasks"),
        ("INSERT INTO tasks (regency_code, id) VALUES ($1, $2)", ""),
        ("SELECT * FROM cases WHERE regency_code = $1", "SELECT *"),
        ("SELECT x FROM regions WHERE code = $1", ""),
    ],
)
def test_the_lint_has_teeth(statement: str, told: str) -> None:
    found = complaints(statement)
    assert any(told in one for one in found) if told else found == []
