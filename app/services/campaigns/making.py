"""Making a campaign and changing it while nobody is selected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign
from app.domain.access import Permission, covers
from app.domain.access.actors import forbidden
from app.domain.campaigns import CampaignAction, CampaignState, Share, decide
from app.domain.codes import Purpose
from app.domain.criteria import parse_criteria
from app.domain.errors import FieldError, Invalid
from app.domain.events.campaigns import CampaignCreated, CampaignEdited
from app.domain.knowledge import Knowledge
from app.domain.programs import GoodsKind, Program
from app.services.campaigns.finding import CheckVersion, find_campaign, require

MOST_PLACES: Final = 5_000
"""Of one campaign: all are approved in one transaction. Ours."""
_LONGEST: Final = timedelta(days=366)
EDITABLE: Final = (
    "name", "funder", "funder_code", "budget_source", "starts_on", "ends_on", "components", "rules",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewCampaign:
    regency: str
    name: str
    program: str
    funder: str
    funder_code: str | None
    budget_source: str
    starts_on: date
    ends_on: date
    components: list[dict[str, Any]]
    rules: dict[str, Any]


async def create_campaign(acting: Acting, new: NewCampaign) -> Campaign:
    """Make a campaign; its organiser is the agency that owns the programme.

    Raises:
        Forbidden: the actor manages campaigns neither there nor for that agency.
        Invalid: with every wrong field named.
    """
    program = acting.known.programs.get(new.program)
    agency = program.agency if program else ""
    allowed = acting.actor.permissions_at(new.regency) | acting.actor.permissions_for(agency, new.regency)
    if Permission.CAMPAIGN_MANAGE not in allowed:
        raise forbidden(Permission.CAMPAIGN_MANAGE)
    errors = [*_wrong_program(new, program), *_wrong_in(acting.known, new.regency, vars_of(new))]
    if errors or program is None:
        raise Invalid(fields=tuple(errors))
    row = Campaign(
        regency_code=new.regency,
        id=acting.new_id(),
        **vars_of(new),
        program_code=program.code,
        agency_code=program.agency,
        state=CampaignState.DRAFT.value,
        version=1,
        selection_n=0,
        return_reason=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        updated_at=acting.now,
        approved_at=None,
        approved_by=None,
        started_at=None,
        reported_at=None,
    )
    acting.tx.add(row)
    happened = CampaignCreated(
        thing_id=row.id, program=row.program_code, agency=row.agency_code, places=places_of(row.components)
    )
    await stored.tell(acting, row, happened)
    return row


async def edit_campaign(
    acting: Acting,
    place: tuple[str, UUID],
    changes: Mapping[str, Any],
    check_version: CheckVersion,
) -> Campaign:
    """Change what was named, while the campaign is a draft or open.

    Raises:
        NotFound: there is none in sight.
        Forbidden: the actor does not manage it.
        Conflict: its recipients are selected already.
        Invalid: with every wrong field named.
    """
    row = await find_campaign(acting, *place, for_update=True)
    require(acting.actor, row, Permission.CAMPAIGN_MANAGE)
    check_version(row.version)
    makers = frozenset({row.created_by})
    decide(CampaignState(row.state), CampaignAction.EDIT, makers=makers, by=acting.actor.account_id)
    merged = {name: getattr(row, name) for name in EDITABLE} | dict(changes)
    errors = tuple(_wrong_in(acting.known, row.regency_code, merged))
    if errors:
        raise Invalid(fields=errors)
    row.name, row.funder, row.funder_code = merged["name"], merged["funder"], merged["funder_code"]
    row.budget_source, row.starts_on, row.ends_on = (
        merged["budget_source"],
        merged["starts_on"],
        merged["ends_on"],
    )
    row.components, row.rules = merged["components"], merged["rules"]
    row.version += 1
    row.updated_at = acting.now
    happened = CampaignEdited(
        thing_id=row.id, changed=tuple(sorted(changes)), places=places_of(row.components)
    )
    await stored.tell(acting, row, happened)
    return row


def vars_of(new: NewCampaign) -> dict[str, Any]:
    return {name: getattr(new, name) for name in EDITABLE}


def places_of(components: list[Any]) -> int:
    return sum(int(one["quota"]) for one in components)


def _wrong_program(new: NewCampaign, program: Program | None) -> Iterator[FieldError]:
    if program is None or Purpose.AID not in program.purposes:
        yield FieldError(
            "/program", "unknown_code", "Program bantuan ini tidak dikenal.", "No such programme of aid."
        )
    elif not any(covers(area, new.regency) or covers(new.regency, area) for area in program.version.coverage):
        yield FieldError(
            "/program",
            "not_covered",
            "Program ini tidak melayani kabupaten/kota itu.",
            "This programme does not serve that regency.",
        )


def _wrong_in(known: Knowledge, regency: str, said: Mapping[str, Any]) -> Iterator[FieldError]:
    if not known.knows("budget_source", said["budget_source"]):
        yield _unknown("/budget_source")
    if said["funder_code"] is not None and said["funder_code"] not in known.agencies:
        yield _unknown("/funder_code")
    if not said["starts_on"] <= said["ends_on"] <= said["starts_on"] + _LONGEST:
        yield FieldError(
            "/ends_on",
            "out_of_range",
            "Kegiatan berakhir pada atau sesudah mulai, paling lama setahun.",
            "A campaign ends on or after its beginning, and lasts a year at most.",
        )
    for n, code in enumerate(said["rules"]["excludes"]):
        if code not in known.programs:
            yield _unknown(f"/rules/excludes/{n}")
    if said["rules"]["share"] not in set(Share):
        yield _unknown("/rules/share")
    yield from _wrong_components(known, regency, said["components"])


def _wrong_components(known: Knowledge, regency: str, components: list[Any]) -> Iterator[FieldError]:
    codes = [one["code"] for one in components]
    if len(set(codes)) < len(codes):
        yield FieldError(
            "/components", "twice", "Kode komponen harus berbeda.", "Each component has its own code."
        )
    if places_of(components) > MOST_PLACES:
        yield FieldError(
            "/components",
            "too_many",
            f"Satu kegiatan paling banyak {MOST_PLACES} penerima.",
            f"A campaign has {MOST_PLACES} recipients at most.",
        )
    districts = frozenset(known.regions.districts(regency))
    for n, one in enumerate(components):
        yield from _wrong_component(one, districts, f"/components/{n}")


def _wrong_component(one: Mapping[str, Any], districts: frozenset[str], at: str) -> Iterator[FieldError]:
    given = one["districts"]
    for code in sorted(given.keys() - districts):
        yield FieldError(
            f"{at}/districts/{code}",
            "other_regency",
            "Kecamatan ini tidak di kabupaten/kota itu.",
            "This district is not in that regency.",
        )
    if given and sum(given.values()) != one["quota"]:
        yield FieldError(
            f"{at}/districts",
            "sum_differs",
            "Jumlah kuota kecamatan harus sama dengan kuota komponen.",
            "The quotas of the districts must add up to that of the component.",
        )
    cash = one["kind"] == GoodsKind.CASH.value
    if cash is (one["amount_idr"] is None) or (not cash and not one["goods"]):
        yield FieldError(
            f"{at}/amount_idr",
            "benefit_missing",
            "Sebutkan jumlah rupiah untuk uang, atau barang atau jasanya.",
            "Name the amount of cash, or else the goods or the service.",
        )
    if one["criteria"] is not None:
        try:
            parse_criteria(one["criteria"], f"{at}/criteria")
        except Invalid as wrong:
            yield from wrong.fields


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer, "unknown_code", "Kode ini tidak dikenal; lihat /v1/codes.", "Unknown code; see /v1/codes."
    )
