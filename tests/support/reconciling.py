"""A town of invented people of Kota Padang, lists of them, and the worker that compares the two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.db.tables.cases import Case
from app.db.tables.people import DataKey, Death, Person, RegistryEntry
from app.db.tables.reconciliations import Reconciliation, ReconciliationFinding
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id, public_id
from app.domain.names import name_key
from app.worker.jobs.long import run_job
from app.worker.running import LEASE
from tests.support.http import Person as Caller
from tests.support.jobs import a_job
from tests.support.lists import sent_list
from tests.support.working import make_tools

PADANG = "13.71"
JATI, GANTING, AIR_MANIS = "13.71.02.1003", "13.71.03.1004", "13.71.02.1007"
AWAY = "13.74.01.1005"
FIRST = (
    "Asril Bahtiar Cinta Darwis Erni Fitri Gusman Haslinda Irwan Jufri Kartini Lismar Marlis Nofri Okta",
    "Pardi Qamar Rosmi Syofyan Taufik Ubai Vina Wirda Yusnidar Zulfa",
)
LAST = (
    "Abdurrahim Burhanudin Chaniago Djamaris Effendi Firmansyah Guciano Hutabarat Iskandar Jambak Koto",
    "Lubis Malayu Nasution Oktavia Piliang Quraisy Rajo Sikumbang Tanjung Umar Veronika Wahidin Yatim Zen",
)
HEADER = "NIK,Nama,No KK,Tanggal Lahir,JK,Kode Desa\n"


@dataclass(frozen=True)
class Soul:
    """One invented person; another number, another name, birth date and NIK."""

    n: int

    @property
    def name(self) -> str:
        first, last = " ".join(FIRST).split(), " ".join(LAST).split()
        return f"{first[self.n % 25]} {last[self.n // 25 % 25]}"

    @property
    def born_on(self) -> date:
        return date(1950, 1, 1) + timedelta(days=self.n * 37 % 20_000)

    @property
    def nik(self) -> str:
        return f"137102{self.born_on:%d%m%y}{1 + self.n % 9000:04}"

    def row(self, village: str = JATI, **changes: str) -> str:
        """Her row in a list, with fields changed."""
        values = {
            "nik": self.nik,
            "name": self.name,
            "kk": f"137102010120{1 + self.n % 9000:04}",
            "born": f"{self.born_on:%d-%m-%Y}",
            "sex": "L",
            "village": village,
            **changes,
        }
        return ",".join(values.values()) + "\n"


def souls(first: int, count: int) -> list[Soul]:
    return [Soul(n) for n in range(first, first + count)]


def list_of(rows: Iterable[str]) -> bytes:
    return (HEADER + "".join(rows)).encode()


@dataclass
class Town:
    """What the registry, our records and the ledger say."""

    house: House
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def entry(self, *people: Soul, village: str = JATI, **changes: Any) -> None:
        """Put people into the registry."""
        async with transaction(self.house.database.sessions) as tx:
            tx.add_all([self._entry(one, village, **changes) for one in people])

    def _entry(self, one: Soul, village: str, **changes: Any) -> RegistryEntry:
        values = {
            "regency_code": village[:5],
            "id": self.new_id(),
            "snapshot_id": None,
            "nik_digest": self._digest(one.nik),
            "kk_digest": None,
            "name_key": name_key(one.name),
            "born_on": one.born_on,
            "village_code": village,
            "source": "DTSEN",
            "period": "2026-Q3",
            "status": "ADA",
            "desil": 2,
            "programs": [],
            "facts": {},
        }
        return RegistryEntry(**{**values, **changes})

    async def person(
        self, one: Soul, *, village: str = JATI, died_on: date | None = None, **changes: Any
    ) -> UUID:
        """Put somebody on record here; with the day of her death, if she died."""
        tenant, id_, key_id = village[:5], self.new_id(), self.new_id()
        made = self.house.vault.new_data_key()
        async with transaction(self.house.database.sessions) as tx:
            tx.add(
                DataKey(
                    regency_code=tenant,
                    id=key_id,
                    wrapped=made.wrapped,
                    created_at=self.at,
                    destroyed_at=None,
                    copy_of=None,
                )
            )
            values: dict[str, Any] = {
                "regency_code": tenant,
                "id": id_,
                "data_key_id": key_id,
                "household_id": None,
                "name": one.name,
                "name_key": name_key(one.name),
                "nik_sealed": self.house.vault.seal(made.key, "persons", "nik", id_, one.nik),
                "nik_digest": self._digest(one.nik),
                "nik_last4": one.nik[-4:],
                "kk_digest": None,
                "phone_sealed": None,
                "phone_digest": None,
                "address_sealed": None,
                "born_on": one.born_on,
                "sex": "L",
                "village_code": village,
                "facts": {},
                "provisional": False,
                "provisional_digest": None,
                "do_not_contact": False,
                "deceased_on": died_on,
                "created_at": self.at,
                "seen_at": self.at,
                "version": 1,
                "merged_into": None,
            }
            tx.add(Person(**{**values, **changes}))
            await tx.flush()
            if died_on is not None:
                tx.add(self._death(tenant, id_, died_on))
        return id_

    def _death(self, tenant: str, person_id: UUID, died_on: date) -> Death:
        return Death(
            regency_code=tenant,
            id=self.new_id(),
            person_id=person_id,
            died_on=died_on,
            source="village_letter",
            ended={},
            at=self.at,
            by=None,
            undone_at=None,
            undone_by=None,
        )

    async def aid(self, one: Soul, program: str, *, tenant: str = PADANG, **changes: Any) -> None:
        """Write a planned line of the ledger."""
        values: dict[str, Any] = {
            "regency_code": tenant,
            "id": self.new_id(),
            "case_id": None,
            "referral_id": None,
            "person_id": None,
            "household_id": None,
            "nik_digest": self._digest(one.nik),
            "program_code": program,
            "component": "premium",
            "n": 1,
            "kind": "service",
            "state": "planned",
            "amount_idr": None,
            "planned_idr": None,
            "goods": None,
            "period": f"{self.at:%Y-%m}",
            "given_on": None,
            "proof": None,
            "reverses": None,
            "reason": None,
            "source": "import",
            "source_id": None,
            "funder": None,
            "once_key": None,
            "recorded_by": None,
            "created_at": self.at,
            "updated_at": self.at,
        }
        async with transaction(self.house.database.sessions) as tx:
            tx.add(AssistanceLine(**{**values, **changes}))

    async def aid_of_case(self, one: Soul, program: str, ticket: str) -> None:
        async with transaction(self.house.database.sessions) as tx:
            case = await tx.scalar(select(Case.id).where(Case.regency_code == PADANG, Case.ticket == ticket))
        await self.aid(one, program, case_id=case)

    async def home_of(self, one: Soul) -> UUID:
        """Return her household; she gets one where she has none."""
        hers = (Person.regency_code == PADANG, Person.nik_digest == self._digest(one.nik))
        async with transaction(self.house.database.sessions) as tx:
            found: UUID | None = await tx.scalar(select(Person.household_id).where(*hers))
            if found is None:
                found = self.new_id()
                await tx.execute(update(Person).where(*hers).values(household_id=found))
        return found

    def _digest(self, nik: str) -> bytes:
        return self.house.blind.digest("nik", nik)

    def new_id(self) -> UUID:
        return self.house.ids.new_id(self.at)


ALL = ["registry", "persons", "deaths_and_moves", "ledger"]


async def asked(office: Caller, rows: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Send a list and ask for its reconciliation; return the answer."""
    body = {
        "region": PADANG,
        "program": "JKSS",
        "list_id": changes.pop("list_id", None) or await sent_list(office, list_of(rows)),
        "against": ALL,
        "purpose": "list_check",
        **changes,
    }
    answer = await office.post("/v1/reconciliations", body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def reconciled(house: House, office: Caller, rows: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Ask, and let the worker answer; return the reconciliation as it is then."""
    made = await asked(office, rows, **changes)
    return await answered(house, office, made["id"])


async def answered(house: House, office: Caller, id_: str) -> dict[str, Any]:
    """Do what the worker does with its job; a fault of it raises here."""
    tools = make_tools(house.database, house.clock, house.settings.data_dir)
    job = (await office.get(f"/v1/reconciliations/{id_}")).json()["job"]["id"]
    # Whoever took up all that was due holds it no longer by then.
    held = await claimed(house, job) or await claimed(house, job, 2 * LEASE)
    assert held
    await run_job(tools, held)
    return dict((await office.get(f"/v1/reconciliations/{id_}")).json())


async def claimed(house: House, job_id: str, later: timedelta = timedelta(0)) -> work.Claim | None:
    """Take up a job's work, *later* than now; None while somebody else has it."""
    place = parse_public_id(job_id)
    assert place
    async with transaction(house.database.sessions) as tx:
        wanted = work.Wanted((work.RUN_JOB,), LEASE, 200)
        found = await work.claim(tx, place.tenant, house.clock() + later, wanted)
    return next((one for one in found if one.payload["job"] == place.id.hex), None)


async def findings(office: Caller, id_: str, **filters: object) -> list[dict[str, Any]]:
    """Read all findings, page by page."""
    found: list[dict[str, Any]] = []
    path: dict[str, object] = {"limit": 50, **filters}
    while True:
        answer = await office.get(f"/v1/reconciliations/{id_}/findings", **path)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        path = {"limit": 50, "cursor": answer.json()["next"]}


def told(found: Iterable[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Name, kind and reason of each."""
    return {(one["subject"]["name"], one["kind"]["code"], one["reason"]["code"]) for one in found}


async def decided(
    office: Caller, id_: str, finding: dict[str, Any], decision: str, reason: str = "card_seen", **more: Any
) -> Any:
    """Decide a finding in the version that was read."""
    path = f"/v1/reconciliations/{id_}/findings/{finding['id']}/decide"
    body = {"decision": decision, "reason": reason, **more}
    return await office.post(path, body, headers={"If-Match": f'"{finding["version"]}"'})


async def acted(office: Caller, id_: str, finding: dict[str, Any], action: str, body: Any = None) -> Any:
    path = f"/v1/reconciliations/{id_}/findings/{finding['id']}/{action}"
    return await office.post(path, body or {}, headers={"If-Match": f'"{finding["version"]}"'})


async def a_reconciliation(house: House) -> dict[str, str]:
    """A finished reconciliation of 13.74 with one open finding, without its rows; return their public ids."""
    town, tenant = Town(house), "13.74"
    job = parse_public_id(await a_job(house, kind="reconcile", permission="list:reconcile", state="done"))
    id_, key_id, finding_id = town.new_id(), town.new_id(), town.new_id()
    async with transaction(house.database.sessions) as tx:
        tx.add(
            DataKey(
                regency_code=tenant,
                id=key_id,
                wrapped=house.vault.new_data_key().wrapped,
                created_at=town.at,
                destroyed_at=None,
                copy_of=None,
            )
        )
        tx.add(
            Reconciliation(
                regency_code=tenant,
                id=id_,
                region_code=tenant,
                program_code="JKSS",
                list_id=town.new_id(),
                profile_id=None,
                against=["registry"],
                others=[],
                missing=[],
                desil_at_most=None,
                purpose="list_check",
                job_id=job.id if job else id_,
                state="ready",
                data_key_id=key_id,
                registry_source=None,
                registry_period=None,
                row_count=1,
                counts={"unlisted": 1},
                superseded_by=None,
                created_at=town.at,
                created_by=None,
                finished_at=town.at,
            )
        )
        await tx.flush()
        tx.add(
            ReconciliationFinding(
                regency_code=tenant,
                id=finding_id,
                reconciliation_id=id_,
                list_no=0,
                row_n=2,
                kind="unlisted",
                reason="nik_unknown",
                source=None,
                evidence={},
                village_code=AWAY,
                nik_digest=None,
                subject_tenant=None,
                subject_id=None,
                subject_version=None,
                candidates=[],
                state="open",
                decision=None,
                decision_reason=None,
                other_program=None,
                chosen=None,
                note_sealed=None,
                decided_at=None,
                decided_by=None,
                approved_at=None,
                approved_by=None,
                batch_id=None,
                version=1,
                created_at=town.at,
            )
        )
    return {
        "reconciliation_id": public_id(tenant, id_),
        "finding_id": public_id(tenant, finding_id),
    }
