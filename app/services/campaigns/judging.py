"""Judging persons against what their homes hold, as the selection, the approval and the reserve all do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.db.queries.assistance import judged as judge_aid
from app.db.queries.campaign_people import Known
from app.db.queries.holding import Holding
from app.db.tables.campaigns import Campaign
from app.domain.campaigns import Conditions, Sources, Weighed, read_weights, weigh
from app.domain.criteria import Criteria, parse_criteria
from app.domain.knowledge import Knowledge
from app.domain.ledger import Asked, Judgement, period_of
from app.domain.programs import Per, Program


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules of one selection, from its stored input; the catalogue is that of now."""

    known: Knowledge
    regency: str
    program: str
    conditions: Conditions

    def weigh(self, found: Known) -> Weighed:
        person, today = found.row, self.conditions.today
        return weigh(
            Sources(
                registry=found.registry,
                aid=found.aid,
                stored=(found.household_facts, person.facts),
                born_on=person.born_on,
                sex=person.sex,
                has_nik=person.nik_digest is not None,
                ppks=found.ppks,
                deceased=person.deceased_on is not None or found.wrapped is None,
                held=found.holding.held(today),
                judgement=self._judge(person.id, found.holding),
                closed=self._judge(person.id, found.closed),
            ),
            self.conditions,
        )

    def _judge(self, person_id: UUID, holding: Holding) -> Judgement:
        asked = Asked(self.program, person_id)
        return judge_aid(self.known, self.regency, asked, holding, self.conditions.today)


def judge_of(known: Knowledge, campaign: Campaign, said: Mapping[str, Any]) -> Judge:
    """Read the rules out of a selection's stored input."""
    today = date.fromisoformat(said["today"])
    program = known.program(campaign.program_code, today)
    components = {one["code"]: _criteria(one, program) for one in said["components"]}
    conditions = Conditions(
        components, read_weights(said["weights"]), frozenset(said["rules"]["excludes"]), today
    )
    return Judge(known, campaign.regency_code, campaign.program_code, conditions)


def _criteria(component: Mapping[str, Any], program: Program | None) -> Criteria:
    """Its own conditions; else those of the programme's component of that code, else of the programme."""
    if component["criteria"] is not None or program is None:
        return parse_criteria(component["criteria"] or {"all": []})
    own = next((one for one in program.version.benefit.components if one.code == component["code"]), None)
    return own.when if own is not None and own.when is not None else program.version.criteria


def period_in(campaign: Campaign, component: str, known: Knowledge) -> str:
    """The ledger's period of what is given: as the programme pays the component, else by the year."""
    program = known.programs.get(campaign.program_code)
    parts = program.version.benefit.components if program else ()
    per = next((one.per for one in parts if one.code == component), Per.YEAR)
    return period_of(campaign.starts_on, per)
