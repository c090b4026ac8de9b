"""A list of the provincial scheme, and whom its reconciliation must find and must not."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import update

from app.db.session import transaction
from app.db.tables.people import Person
from tests.support.desk import open_case
from tests.support.http import Person as Caller
from tests.support.reconciling import AWAY, GANTING, JATI, Soul, Town, souls

CENTRAL: Final = Soul(163)
"""Who stands on the list of the central scheme as well."""
OVER: Final = {"state": "given", "period": "2024-01", "given_on": date(2024, 1, 9)}


@dataclass
class Plan:
    town: Town
    rows: list[str] = field(default_factory=list)
    expected: set[tuple[str, str, str]] = field(default_factory=set)
    """Name, kind and reason."""

    def plant(self, one: Soul, kind: str, reason: str, **changes: str) -> None:
        """Put somebody on the list who must be found."""
        self.rows.append(one.row(**changes))
        self.expected.add((changes.get("name", one.name), kind, reason))

    async def matched(self) -> None:
        """People who are in order: as they are, spelt otherwise, and with aid that may stand beside it."""
        plain = souls(0, 120)
        await self.town.entry(*plain, *souls(120, 6), *souls(170, 4))
        self.rows += [one.row() for one in plain]
        for one in souls(120, 6):
            first, last = one.name.split()
            self.rows.append(one.row(name=f"H. {last.upper()} {first.upper()}"))
        beside: list[tuple[str, dict[str, Any]]] = [
            ("PKH", {}),
            ("PBI_JK", {"state": "stopped"}),
            ("PBI_JK", OVER),
            ("JKSS", {}),
        ]
        for one, (program, changes) in zip(souls(170, 4), beside, strict=True):
            await self.town.aid(one, program, **changes)
            self.rows.append(one.row())
        # She went away and came back since: our own record is newer.
        back = Soul(150)
        await self.town.entry(back, village=AWAY)
        await self.town.person(back)
        self.rows.append(back.row())
        # Whoever died and is on no list is nobody's finding.
        await self.town.person(Soul(230), died_on=date(2026, 1, 2))

    async def dead(self) -> None:
        for one in souls(130, 3):
            await self.town.person(one, died_on=date(2026, 8, 1))
            self.plant(one, "deceased", "death_recorded")
        await self.town.entry(*souls(133, 2), status="MENINGGAL")
        for one in souls(133, 2):
            self.plant(one, "deceased", "registry_deceased")

    async def moved(self) -> None:
        await self.town.entry(*souls(140, 3), village=AWAY)
        await self.town.entry(Soul(143), village=GANTING)
        await self.town.entry(Soul(144), status="PINDAH")
        for one in souls(140, 3):
            self.plant(one, "moved", "left_region")
        self.plant(Soul(143), "moved", "other_village")
        self.plant(Soul(144), "moved", "registry_moved")

    async def double(self) -> None:
        """Paid for by the centre, the city or another regency, as ledger, list or registry say."""
        await self.town.entry(*souls(160, 4))
        await self.town.entry(Soul(164), programs=["PKH", "PBI_JK"])
        await self.town.aid(Soul(160), "PBI_JK")
        await self.town.aid(Soul(161), "PBI_APBD-1371")
        await self.town.aid(Soul(162), "JKSS", tenant="13.74")
        for n in (160, 161, CENTRAL.n, 164):
            self.plant(Soul(n), "double_funded", "excluded_program")
        self.plant(Soul(162), "double_funded", "same_program_elsewhere")

    async def wrong_numbers(self) -> None:
        await self.town.entry(*souls(180, 2), *souls(190, 2))
        await self.town.person(Soul(193))
        self.plant(Soul(180), "not_padan", "name_differs", name="Lukman Hakimi")
        self.plant(Soul(181), "not_padan", "birth_differs", born="02-02-1999")
        self.plant(Soul(190), "probable", "similar_person", nik="")
        self.plant(Soul(191), "probable", "similar_person", nik=f"{Soul(191).nik[:-1]}9")
        slip = Soul(193).name.replace("i", "y", 1)
        self.plant(Soul(193), "probable", "similar_person", nik="", name=slip)
        self.plant(Soul(200), "unlisted", "nik_unknown")
        self.plant(Soul(201), "unlisted", "nobody_similar", nik="", born="")
        self.plant(Soul(7), "duplicate", "same_nik")
        self.plant(Soul(210), "unreadable", "row_refused", nik="13710212")

    async def victims(self, desk: Caller) -> None:
        """Of closed cases: where they are, and what they get, must not be learnt from a list."""
        for one, village in ((Soul(220), GANTING), (Soul(221), AIR), (Soul(222), JATI)):
            subject = {
                "kind": "person",
                "nik": one.nik,
                "name": one.name,
                "born_on": one.born_on.isoformat(),
                "sex": "L",
            }
            case = await open_case(desk, village=JATI, subject=subject, confidentiality="RAHASIA")
            async with transaction(self.town.house.database.sessions) as tx:
                await tx.execute(
                    update(Person)
                    .where(
                        Person.regency_code == "13.71",
                        Person.nik_digest == self.town.house.blind.digest("nik", one.nik),
                    )
                    .values(village_code=village)
                )
            self.rows.append(one.row())
            if one.n == 222:  # the one who is helped through her case
                await self.town.aid_of_case(one, "PBI_JK", case.ticket)
        # Her child lives where she lives.
        await self.town.person(Soul(223), village=GANTING, household_id=await self.town.home_of(Soul(220)))
        self.rows.append(Soul(223).row())


AIR: Final = "13.71.02.1007"
