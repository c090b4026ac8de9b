"""Letters, their templates, and the numbers that they are given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.acting import Vault
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.papers import Letter, LetterCounter, LetterTemplate
from app.domain.errors import NotFound
from app.domain.ids import NATION, parse_public_id
from app.domain.letters import LetterState

Content = dict[str, Any]
"""What a letter says, as it stood when it was drafted; number, day and signatory come with the signature."""
_LONGEST_POSITION = 4


def not_found() -> NotFound:
    return NotFound(id="Surat tidak ditemukan pada kasus ini.", en="This case has no such letter.")


async def letters_of(tx: Tx, case: Case) -> Sequence[Letter]:
    """Return all that the case has had, oldest first: a letter's position never changes."""
    statement = select(Letter).where(Letter.regency_code == case.regency_code, Letter.case_id == case.id)
    return (await tx.scalars(statement.order_by(Letter.drafted_at, Letter.id))).all()


async def find_letter(tx: Tx, case: Case, name: str) -> Letter:
    """Return the letter of that public id, or the one at that position among the case's (from 1).

    Raises:
        NotFound: the case has none such.
    """
    letters = await letters_of(tx, case)
    if name.isascii() and name.isdigit() and len(name) <= _LONGEST_POSITION:
        position = int(name)
        if 1 <= position <= len(letters):
            return letters[position - 1]
        raise not_found()
    found = parse_public_id(name)
    fitting = (one for one in letters if found and (one.regency_code, one.id) == (found.tenant, found.id))
    letter = next(fitting, None)
    if letter is None:
        raise not_found()
    return letter


async def letter_of_code(tx: Tx, tenant: str, code: str) -> Letter | None:
    statement = select(Letter).where(Letter.regency_code == tenant, Letter.code == code)
    return await tx.scalar(statement)


async def still_valid(tx: Tx, case: Case, kind: str, today: date) -> bool:
    """Tell whether the person of the case, or else the case, has a good letter of this kind already."""
    whose = Case.id == case.id if case.person_id is None else Case.person_id == case.person_id
    statement = (
        select(Letter.id)
        .join(Case, (Case.regency_code == Letter.regency_code) & (Case.id == Letter.case_id))
        .where(
            Letter.regency_code == case.regency_code,
            whose,
            Letter.kind == kind,
            Letter.state == LetterState.SIGNED.value,
            Letter.valid_until >= today,
        )
        .limit(1)
    )
    return await tx.scalar(statement) is not None


# What it says -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a letter's content is sealed with: the vault, and the case's data key, opened."""

    vault: Vault
    key: Any

    def seal(self, letter_id: UUID, content: Content) -> bytes:
        return self.vault.seal(self.key, "letters", "content", letter_id, canonical(content))

    def open(self, letter: Letter) -> Content:
        found: Content = json.loads(
            self.vault.open(self.key, "letters", "content", letter.id, letter.content_sealed)
        )
        return found


def canonical(content: Mapping[str, Any]) -> str:
    """Write a content the same way each time: what is signed is the hash of this text."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> bytes:
    return sha256(canonical(content).encode()).digest()


# Numbers ------------------------------------------------------------------------------------------------


async def next_number(tx: Tx, regency_code: str, year: int) -> int:
    """Give the next number of the year; the counter stays locked until the transaction ends.

    Whoever comes meanwhile waits, and a transaction that is undone gives its number back: so there are no
    gaps. Call it late, since all signatures of a regency pass here one by one.
    """
    first = insert(LetterCounter).values(regency_code=regency_code, year=year, n=1)
    statement = first.on_conflict_do_update(
        index_elements=[LetterCounter.regency_code, LetterCounter.year], set_={"n": LetterCounter.n + 1}
    ).returning(LetterCounter.n)
    return int((await tx.execute(statement)).scalar_one())


# Templates ----------------------------------------------------------------------------------------------


async def template_in_force(tx: Tx, regency_code: str, kind: str) -> LetterTemplate | None:
    """Return the regency's newest template of a kind, else the nation's newest."""
    for place in (regency_code, NATION):
        statement = (
            select(LetterTemplate)
            .where(LetterTemplate.regency_code == place, LetterTemplate.kind == kind, LetterTemplate.active)
            .order_by(LetterTemplate.n.desc())
            .limit(1)
        )
        found: LetterTemplate | None = await tx.scalar(statement)
        if found is not None:
            return found
    return None


async def find_template(tx: Tx, regency_code: str, template_id: UUID) -> LetterTemplate | None:
    statement = select(LetterTemplate).where(
        LetterTemplate.regency_code == regency_code, LetterTemplate.id == template_id
    )
    return await tx.scalar(statement)


async def list_templates(tx: Tx, regency_code: str) -> Sequence[LetterTemplate]:
    """Return the regency's templates and the nation's, by kind, the newest first."""
    statement = select(LetterTemplate).where(
        or_(LetterTemplate.regency_code == regency_code, LetterTemplate.regency_code == NATION)
    )
    ordered = statement.order_by(LetterTemplate.kind, LetterTemplate.regency_code, LetterTemplate.n.desc())
    return (await tx.scalars(ordered)).all()


async def last_template(tx: Tx, regency_code: str, kind: str) -> int:
    """Return the highest number of a kind in the regency; 0 where there is none."""
    statement = select(func.max(LetterTemplate.n)).where(
        LetterTemplate.regency_code == regency_code, LetterTemplate.kind == kind
    )
    return await tx.scalar(statement) or 0
