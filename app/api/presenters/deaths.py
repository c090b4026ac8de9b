"""A death and what it ended, in words; of cases only those that the reader sees."""

from typing import Final
from uuid import UUID

from app.api.presenters.words import coded, said
from app.api.reading import Reading
from app.api.schemas.deaths import DeathOut, EndedOut, GrantOut, LeftOut
from app.domain.documents import Words
from app.domain.ids import public_id
from app.services.deaths import Told

_WENT_ON: Final = Words(
    "Kasus sudah berlanjut sejak itu dan tetap seperti sekarang.",
    "The case has gone on since, and stays as it is.",
)
_REVOKED: Final = Words(
    "Rujukan sudah dicabut; kirim rujukan baru bila masih diperlukan.",
    "The referral was revoked; send a new one if it is still needed.",
)


def death_out(reading: Reading, told: Told) -> DeathOut:
    death, known, lang = told.death, reading.known, reading.lang
    tenant = death.regency_code
    return DeathOut(
        person=public_id(tenant, death.person_id),
        died_on=death.died_on,
        source=coded(known, "death_source", death.source, lang),
        recorded_at=death.at,
        recorded_by=public_id(tenant, death.by) if death.by else None,
        undone_at=death.undone_at,
        ended=_ended(reading, told),
        stopped_lines=len(death.ended["lines"]),
        death_grants=[
            GrantOut(program=code, name=said(known.programs[code].name, lang)) for code in told.grants
        ],
        not_restored=[
            LeftOut(
                ticket=told.tickets[case_id],
                kind="case" if kind == "case" else "referral",
                words=said(_WENT_ON if kind == "case" else _REVOKED, lang),
            )
            for case_id, kind, _ in told.left
            if case_id in told.tickets
        ],
    )


def _ended(reading: Reading, told: Told) -> list[EndedOut]:
    known, lang, ended = reading.known, reading.lang, told.death.ended
    cases = [
        EndedOut(
            ticket=told.tickets[case_id],
            kind="case",
            status_before=coded(known, "case_status", one["status"], lang),
        )
        for one in ended["cases"]
        if (case_id := UUID(one["id"])) in told.tickets
    ]
    referrals = [
        EndedOut(
            ticket=told.tickets[case_id],
            kind="referral",
            status_before=coded(known, "referral_status", one["status"], lang),
            program=one["program"],
        )
        for one in ended["referrals"]
        if (case_id := UUID(one["case_id"])) in told.tickets
    ]
    return [*cases, *referrals]
