"""Cards and donors as tests drive them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.needs import Need, Pledge, PledgeProof
from app.db.tables.people import DataKey
from app.domain.access import Role
from app.domain.attachments import object_key
from app.domain.ids import parse_public_id, public_id
from app.integrations.sealed_files import seal_file
from tests.support.desk import Desk, open_case
from tests.support.factories import PASSWORD, make_account
from tests.support.files import a_photo, a_scan
from tests.support.http import Person, log_in

FORUM = "UMUM.FORUM_CSR-1374"
CHAIR: dict[str, Any] = {"kind": "KURSI_RODA", "quantity": 1, "estimated_idr": 1_500_000}


async def a_donor(house: House, client: AsyncClient, name: str) -> Person:
    async with transaction(house.database.sessions) as tx:
        await make_account(tx, name, role=Role.DONOR, region="13.74")
    return await log_in(client, f"{name}@1374", PASSWORD)


@dataclass
class Office:
    """Who writes, publishes and checks cards: two desks of the secretariat."""

    siti: Person
    secretariat: Person
    approver: Person

    async def referred(self, **changes: Any) -> Desk:
        """Open a case and refer it to the general services of Forum CSR."""
        desk = await open_case(self.siti, **changes)
        sent = {"referrals": [{"program": FORUM.replace("1374", desk.ticket[:4]), "purpose": "AID"}]}
        await desk.took("refer", sent, self.secretariat)
        return desk

    async def drafted(self, desk: Desk, **changes: Any) -> str:
        made = await self.siti.post(f"/v1/cases/{desk.ticket}/needs", {**CHAIR, **changes})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def published(self, desk: Desk | None = None, **changes: Any) -> str:
        need = await self.drafted(desk or await self.referred(), **changes)
        answer = await self.secretariat.post(f"/v1/needs/{need}/publish")
        assert answer.status_code == 200, answer.text
        return need

    async def need(self, need: str) -> dict[str, Any]:
        answer = await self.secretariat.get(f"/v1/needs/{need}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


async def office_of(client: AsyncClient, digits: str = "1374", desk: str = "siti") -> Office:
    names = (f"{desk}@{digits}", f"sekretariat@{digits}", f"pemaraf@{digits}")
    return Office(*[await log_in(client, name) for name in names])


async def reserve(donor: Person, need: str, **changes: Any) -> Response:
    return await donor.post("/v1/pledges", {"need": need, **changes})


async def reserved(donor: Person, need: str, **changes: Any) -> str:
    answer = await reserve(donor, need, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def prove(donor: Person, pledge: str, kind: str, content: bytes | None = None) -> Response:
    made = content or (a_photo() if kind == "photo" else a_scan())
    return await donor.client.post(
        f"/v1/pledges/{pledge}/proofs?kind={kind}",
        files={"file": ("bukti", made)},
        headers={"Authorization": f"Bearer {donor.token}", "Idempotency-Key": uuid4().hex},
    )


async def delivered(donor: Person, pledge: str) -> None:
    for kind in ("photo", "receipt"):
        proved = await prove(donor, pledge, kind)
        assert proved.status_code == 201, proved.text
    day = datetime.now(UTC).date().isoformat()
    answer = await donor.post(f"/v1/pledges/{pledge}/deliver", {"delivered_on": day})
    assert answer.status_code == 200, answer.text


async def need_ids(house: House, campaign: str | None = None) -> dict[str, str]:
    """Store a card of 13.74 that is open in part, a pledge of nobody's account, and its proof."""
    now, tenant = datetime.now(UTC), "13.74"
    named = parse_public_id(campaign) if campaign else None
    need_id, pledge_id, proof_id, key_id = (house.ids.new_id(now) for _ in range(4))
    made = house.vault.new_data_key()
    at = object_key(tenant, proof_id)
    sealed = await asyncio.to_thread(seal_file, house.vault, made.key, (proof_id, at), a_photo())
    await house.files.store.put(at, sealed)
    need = Need(
        regency_code=tenant, id=need_id, source="campaign", case_id=None, referral_id=None,
        campaign_id=named.id if named else None, component="PD", kind="PAKET_SEMBAKO", unit="paket",
        quantity=100_000, held=1, given=0, estimated_idr=1_000_000_000, urgency="BIASA", state="published",
        shown_region=tenant, shown_age=None, shown_ppks=None, group_size=None, created_at=now,
        created_by=None,
        listed_at=now, published_at=now, published_by=None, ended_at=None, end_reason=None, updated_at=now,
    )  # fmt: skip
    pledge = Pledge(
        regency_code=tenant, id=pledge_id, need_id=need_id, donor_tenant=tenant, donor_id=need_id,
        donor_name="Yayasan Matriks", anonymous=False, quantity=1, state="accepted", expires_at=None,
        reason=None, data_key_id=key_id, created_at=now, promised_on=now.date(), delivered_on=now.date(),
        decided_at=now, decided_by=None, updated_at=now,
    )  # fmt: skip
    proof = PledgeProof(
        regency_code=tenant, id=proof_id, pledge_id=pledge_id, kind="photo", object_key=at,
        media_type="image/jpeg", sha256=b"0" * 32, stored_at=now, stored_by=None,
    )  # fmt: skip
    async with transaction(house.database.sessions) as tx:
        tx.add_all(
            [
                need,
                DataKey(
                    regency_code=tenant, id=key_id, wrapped=made.wrapped, created_at=now, destroyed_at=None
                ),
            ]
        )
        await tx.flush()
        tx.add(pledge)
        await tx.flush()
        tx.add(proof)
    ids = {"need_id": need_id, "pledge_id": pledge_id, "proof_id": proof_id}
    return {name: public_id(tenant, id_) for name, id_ in ids.items()}
