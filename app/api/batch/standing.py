"""What stands on record now of the fields that an operation changes: is it what its desk knew?"""

from collections.abc import Mapping
from typing import Any, Final

from app.api.batch.asked import Asked
from app.api.batch.verdicts import Differs
from app.api.errors import PreconditionRequired
from app.api.presenters.sync import patched_fields
from app.api.reading import Reading
from app.db.queries.cases import person_of
from app.db.queries.texts import data_key, private_of
from app.db.session import Tx
from app.db.tables.cases import Case
from app.domain.sync import Difference, differences
from app.domain.sync.changes import PLACE, without_base

MOVING: Final = frozenset({"step", "hand_over"})
COMPARED: Final = MOVING | {"patch_case"}


async def check_base(tx: Tx, reading: Reading, asked: Asked, case: Case) -> Mapping[str, Any]:
    """Return the body to be done, unless somebody else changed the same.

    Raises:
        Differs: the same field, or the status, is not as the desk knew it.
        PreconditionRequired: the base does not say what the desk knew.
    """
    given = asked.given
    if given.kind in MOVING:
        _check_status(asked, case)
        return asked.body
    if given.kind != "patch_case":
        return asked.body
    missing = without_base(given.body, given.base)
    if missing:
        raise PreconditionRequired(
            code="base_required",
            id=f"Sertakan base untuk setiap isian yang diubah: {', '.join(missing[:10])}.",
            en=f"Give the base of each field that is changed: {', '.join(missing[:10])}.",
        )
    now = await shown_now(tx, reading, case)
    found = differences(given.body, given.base, now)
    if found:
        raise Differs(found=found)
    return _whole_place(asked.body, now)


def _check_status(asked: Asked, case: Case) -> None:
    given = asked.given
    known = given.base.get("status")
    if known is None and given.case is not None and given.case.operation is None:
        raise PreconditionRequired(
            code="base_required",
            id="Sertakan base.status: status kasus yang dilihat petugas.",
            en="Give base.status: the status of the case that the officer saw.",
        )
    if known is not None and known != case.status:
        mine = given.action or given.kind
        raise Differs(found=(Difference("status", known, mine, case.status),))


async def shown_now(tx: Tx, reading: Reading, case: Case) -> dict[str, Any]:
    vault = reading.house.vault
    key = await data_key(tx, vault, case.regency_code, case.data_key_id)
    person = await person_of(tx, case)
    phone = None
    if person is not None and person.phone_sealed is not None:
        own = key
        if person.data_key_id != case.data_key_id:
            own = await data_key(tx, vault, person.regency_code, person.data_key_id)
        phone = vault.open(own, "persons", "phone", person.id, person.phone_sealed)
    return patched_fields(case, private_of(vault, case, key), phone)


def _whole_place(body: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """A place is written as a whole; what the desk does not name of it stays as it is now."""
    if not isinstance(body.get(PLACE), Mapping):
        return body
    return {**body, PLACE: {**now[PLACE], **body[PLACE]}}
