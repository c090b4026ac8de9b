"""Campaigns and their recipients as their readers may have them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.api.presenters.words import all_coded, coded, coded_or_none, person_brief
from app.api.reading import Reading
from app.api.schemas.campaigns import (
    AgainstOut,
    CampaignOut,
    CampaignRow,
    CellOut,
    ComponentOut,
    ConditionOut,
    GroundOut,
    RecipientOut,
    RecipientRow,
    RulesOut,
    SelectionOut,
)
from app.api.schemas.cases import PersonBrief
from app.db.tables.campaigns import Campaign, CampaignRecipient, CampaignSelection
from app.db.tables.people import Person
from app.domain.campaigns import CampaignState, allowed_actions, ground_words
from app.domain.criteria import describe, parse_criteria
from app.domain.ids import public_id
from app.services.campaigns import Explained, Shown, rights

_VERDICTS = "criterion_verdict"


def campaign_row(reading: Reading, row: Campaign) -> CampaignRow:
    return CampaignRow(
        id=public_id(row.regency_code, row.id),
        region=row.regency_code,
        name=row.name,
        program=row.program_code,
        organiser=row.agency_code,
        funder=row.funder,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=coded(reading.known, "campaign_state", row.state, reading.lang),
        places=sum(one["quota"] for one in row.components),
        created_at=row.created_at,
    )


def campaign_out(reading: Reading, shown: Shown) -> CampaignOut:
    row, known, lang = shown.campaign, reading.known, reading.lang
    agency = known.agencies.get(row.agency_code)
    by = shown.selection.ordered_by if shown.selection else None
    actions = allowed_actions(
        CampaignState(row.state),
        rights(reading.actor, row),
        makers=frozenset({row.created_by, by}),
        by=reading.actor.account_id,
    )
    return CampaignOut(
        **campaign_row(reading, row).model_dump(),
        region_name=known.regions.get(row.regency_code, row.regency_code),
        organiser_name=agency.name.said(lang) if agency else row.agency_code,
        funder_code=row.funder_code,
        budget_source=coded(known, "budget_source", row.budget_source, lang),
        components=[_component(reading, row, one) for one in row.components],
        rules=RulesOut(
            per_household=row.rules["per_household"],
            from_registry=row.rules["from_registry"],
            share=coded(known, "campaign_share", row.rules["share"], lang),
            excludes=row.rules["excludes"],
        ),
        counts=shown.counts,
        cells=_cells(reading, shown),
        selection=_selection(row, shown.selection),
        return_reason=coded_or_none(known, "campaign_return_reason", row.return_reason, lang),
        approved_at=row.approved_at,
        started_at=row.started_at,
        reported_at=row.reported_at,
        allowed_actions=all_coded(known, "campaign_action", actions, lang),
        version=row.version,
    )


def _component(reading: Reading, row: Campaign, one: Mapping[str, Any]) -> ComponentOut:
    return ComponentOut(
        code=one["code"],
        label=one["label"],
        kind=coded(reading.known, "delivery_kind", one["kind"], reading.lang),
        amount_idr=one["amount_idr"],
        goods=one["goods"],
        quota=one["quota"],
        districts=one["districts"],
        criteria=one["criteria"],
        criteria_words=_words(reading, row, one),
    )


def _words(reading: Reading, row: Campaign, one: Mapping[str, Any]) -> str:
    if one["criteria"] is not None:
        return describe(parse_criteria(one["criteria"])).said(reading.lang)
    program = reading.known.programs.get(row.program_code)
    if program is None:
        return ""
    own = next((part for part in program.version.benefit.components if part.code == one["code"]), None)
    criteria = own.when if own is not None and own.when is not None else program.version.criteria
    return describe(criteria).said(reading.lang)


def _cells(reading: Reading, shown: Shown) -> list[CellOut]:
    said = shown.selection.input.get("cells", ()) if shown.selection else ()
    return [
        CellOut(
            component=component,
            district=district,
            district_name=reading.known.regions.get(district, district),
            places=places,
            taken=shown.places.get((component, district), 0),
        )
        for component, district, places in said
    ]


def _selection(row: Campaign, found: CampaignSelection | None) -> SelectionOut | None:
    if found is None:
        return None
    return SelectionOut(
        n=found.n,
        job=public_id(row.regency_code, found.job_id),
        ordered_at=found.ordered_at,
        ended_at=found.ended_at,
        weights=found.input["weights"],
        program_version=found.input["program_version"],
        candidates_sha256=found.candidates_sha256,
        result=found.result,
    )


# Recipients -----------------------------------------------------------------------------------------------


def recipient_row(reading: Reading, row: CampaignRecipient, person: Person, *, whole: bool) -> RecipientRow:
    """Show one recipient; without *whole* only what a hand-out needs."""
    return RecipientRow(**_row(reading, row, person, whole=whole))


def _row(reading: Reading, row: CampaignRecipient, person: Person, *, whole: bool) -> dict[str, Any]:
    known, lang, tenant = reading.known, reading.lang, row.regency_code

    def public(id_: UUID | None) -> str | None:
        return public_id(tenant, id_) if id_ else None

    return {
        "id": public_id(tenant, row.id),
        "person": _brief(tenant, person, whole=whole),
        "village": row.village_code,
        "district": row.district_code,
        "state": coded(known, "campaign_recipient_state", row.state, lang),
        "reason": coded_or_none(known, _reasons(row), row.reason, lang) if whole else None,
        "component": row.component,
        "need": row.need if whole and row.weighed_n else None,
        "routes": _routes(reading, row) if whole else [],
        "code": row.code,
        "slot": public(row.slot_id),
        "replaces": public(row.replaces) if whole else None,
        "given_at": row.given_at,
    }


def _brief(tenant: str, person: Person, *, whole: bool) -> PersonBrief:
    born_on, sex = (person.born_on, person.sex) if whole else (None, None)
    return person_brief(tenant, person.id, person.name, person.nik_last4, born_on, sex)


def _reasons(row: CampaignRecipient) -> str:
    return "campaign_drop_reason" if row.state == "dropped" else "campaign_passed_over"


def _routes(reading: Reading, row: CampaignRecipient) -> list[Any]:
    return all_coded(reading.known, "campaign_route", (one["route"] for one in row.routes), reading.lang)


def recipient_out(reading: Reading, found: Explained) -> RecipientOut:
    row, basis, lang = found.recipient, found.basis, reading.lang
    grounds = [
        GroundOut(code=code, label=ground_words(code).said(lang), points=points)
        for code, points in basis.get("grounds", ())
    ]
    tie = coded_or_none(reading.known, "campaign_tie", row.tie, lang)
    return RecipientOut(
        **_row(reading, row, found.person, whole=True),
        grounds=grounds,
        conditions=[
            ConditionOut(
                component=one["code"],
                verdict=coded(reading.known, _VERDICTS, one["verdict"], lang),
                reasons=[reason[lang] for reason in one["reasons"]],
            )
            for one in basis.get("components", ())
        ],
        aid_held=basis.get("held", []),
        against=[_against(reading, one) for one in basis.get("aid", ())],
        registry=basis.get("registry"),
        place_in_order=row.order_n,
        tie=tie,
        words=_sentences(reading, found, grounds),
    )


def _against(reading: Reading, one: Mapping[str, Any]) -> AgainstOut:
    program = reading.known.programs.get(one["program"])
    name = program.name.said(reading.lang) if program else one["program"]
    return AgainstOut(program=one["program"], program_name=name, effect=one["effect"], cause=one["cause"])


def _sentences(reading: Reading, found: Explained, grounds: list[GroundOut]) -> list[str]:
    row, english = found.recipient, reading.lang == "en"
    if not row.weighed_n:
        return ["Nobody has weighed her yet." if english else "Belum ditimbang."]
    listed = ", ".join(f"{one.label} {one.points:+d}" for one in grounds) or "-"
    said = [f"Need: {row.need} points ({listed})." if english else f"Kebutuhan: {row.need} poin ({listed})."]
    label = reading.known.label("campaign_recipient_state", row.state, reading.lang)
    district = reading.known.regions.get(row.district_code, row.district_code)
    if row.component is not None:
        said.append(
            f"{label}: component {row.component} in {district}, place {row.order_n} in the order."
            if english
            else f"{label}: komponen {row.component} di {district}, urutan {row.order_n}."
        )
    elif row.reason is not None:
        said.append(f"{label}: {reading.known.label(_reasons(row), row.reason, reading.lang)}.")
    elif row.order_n is not None:
        said.append(
            f"{label}, place {row.order_n} in the order." if english else f"{label}, urutan {row.order_n}."
        )
    if row.tie is not None:
        tie = reading.known.label("campaign_tie", row.tie, reading.lang)
        said.append(
            f"Next to somebody of equal need; decided by: {tie}."
            if english
            else f"Bersebelahan dengan calon yang kebutuhannya sama; ditentukan oleh: {tie}."
        )
    return said
