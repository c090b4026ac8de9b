"""Erasing a person, in one transaction: after it nobody can open or find what was hers."""

from app.db.queries import erasing as stored
from app.db.queries.acting import Acting
from app.db.tables.people import Person
from app.domain.errors import Conflict
from app.domain.moving import AT_REST


async def erase(acting: Acting, person: Person) -> None:
    """Destroy her keys, digests, kept answers and files; the audit chain and all verdicts stay.

    Raises:
        Conflict: a case of hers is open, or aid is planned for her: these end first.
    """
    tx = acting.tx
    people = await stored.records_of(tx, person)
    ids = [one.id for one in people]
    cases = await stored.cases_of(tx, person.regency_code, ids)
    if any(case.status not in AT_REST for case in cases):
        raise Conflict(
            "open_case",
            "Warga ini masih punya kasus terbuka. Tutup atau batalkan dahulu, atau tolak dengan alasan.",
            "This person has an open case. Close or withdraw it first, or refuse with the reason.",
        )
    if await stored.live_aid(tx, person.regency_code, ids):
        raise Conflict(
            "live_aid",
            "Masih ada bantuan yang direncanakan untuk warga ini. Hentikan dahulu.",
            "Aid is still planned for this person. Stop it first.",
        )
    await stored.forget_numbers(tx, people)
    await stored.destroy_keys(tx, people, cases, acting.now)
    await stored.drop_files(tx, cases, acting.now)
    await stored.forget_answers(tx, people, cases)
    await stored.forget_people(tx, people)
