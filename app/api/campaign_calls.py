"""What the routes of campaigns share: examples, who may, and the answer to a write."""

from typing import Final
from uuid import UUID

from fastapi import Response

from app.api.acts import Call
from app.api.deps import etag
from app.api.once import Answer, Work
from app.api.presenters.campaigns import campaign_out
from app.api.public_ids import read_id
from app.db.tables.campaigns import Campaign
from app.domain.access import Permission
from app.services import campaigns

P = Permission
ANY: Final = (P.CAMPAIGN_MANAGE, P.CAMPAIGN_APPROVE, P.CAMPAIGN_CHECKIN)
Place = tuple[str, UUID]
CAMPAIGN: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
RECIPIENT: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"
SLOT: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d"
DEVICE: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e"
LIST: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f"
SIGNATURE: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
CHECKIN: Final = "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a60"
_ROW: Final = {
    "id": CAMPAIGN,
    "region": "18.72",
    "name": "Bhakti Sosial LKKS 2026",
    "program": "BHAKTI_SOSIAL-1872",
    "organiser": "LKKS-1872",
    "funder": "DPA Kota Metro 2026",
    "starts_on": "2026-12-05",
    "ends_on": "2026-12-06",
    "state": {"code": "selected", "label": "Terpilih, menunggu penetapan"},
    "places": 500,
    "created_at": "2026-11-25T02:00:00Z",
}
ROW_EXAMPLE: Final = _ROW
EXAMPLE: Final = {
    **_ROW,
    "region_name": "Kota Metro",
    "organiser_name": "LKKS Kota Metro",
    "funder_code": None,
    "budget_source": {"code": "DPA", "label": "DPA"},
    "components": [
        {
            "code": "PD",
            "label": "Penyandang disabilitas",
            "kind": {"code": "goods", "label": "Barang"},
            "amount_idr": None,
            "goods": "Paket sembako dan alat bantu",
            "quota": 150,
            "districts": {},
            "criteria": None,
            "criteria_words": "salah satu dari: Kategori PPKS memuat PD; Penyandang disabilitas",
        }
    ],
    "rules": {
        "per_household": True,
        "from_registry": True,
        "share": {"code": "equal", "label": "Sama rata"},
        "excludes": [],
    },
    "counts": {"selected": 500, "reserve": 412, "passed_over": 96},
    "cells": [
        {
            "component": "PD",
            "district": "18.72.01",
            "district_name": "Metro Pusat",
            "places": 30,
            "taken": 30,
        }
    ],
    "selection": {
        "n": 1,
        "job": "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a61",
        "ordered_at": "2026-11-25T03:00:00Z",
        "ended_at": "2026-11-25T03:00:04Z",
        "weights": {"desil": [60, 50, 40, 30, 20, 10, 0, 0, 0, 0]},
        "program_version": 1,
        "candidates_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "result": {"candidates": 1008, "selected": 500, "reserve": 412, "open_places": 0},
    },
    "return_reason": None,
    "approved_at": None,
    "started_at": None,
    "reported_at": None,
    "allowed_actions": [{"code": "approve", "label": "Tetapkan"}],
    "version": 4,
}


def place_of(campaign_id: str) -> Place:
    found = read_id(campaign_id)
    return found.tenant, found.id


async def answer_of(call: Call, row: Campaign, status: int = 200) -> Answer:
    """Show the campaign as it is now, with its version."""
    shown = await campaigns.shown(call.acting(), row)
    return Answer(campaign_out(call.reading, shown), status, {"ETag": etag(row.version)})


async def once_for(call: Call, place: Place, work: Work, permission: Permission) -> Response:
    """Write once; a replay is given only to whoever still has *permission* on the campaign."""

    async def may_see() -> None:
        row = await campaigns.find_campaign(call.acting(), *place)
        campaigns.require(call.reading.actor, row, permission)

    return await call.once(call.tx, place[0], work, may_see=may_see)


async def once_for_viewer(call: Call, place: Place, work: Work) -> Response:
    """Write once; a replay is given to whoever still sees the campaign."""

    async def may_see() -> None:
        await campaigns.find_campaign(call.acting(), *place)

    return await call.once(call.tx, place[0], work, may_see=may_see)


async def once_for_device(call: Call, place: Place, device: UUID, work: Work) -> Response:
    """Write once; a replay is given to whoever may still use the device."""

    async def may_see() -> None:
        row = await campaigns.find_campaign(call.acting(), *place)
        await campaigns.own_device(call.acting(), row, device)

    return await call.once(call.tx, place[0], work, may_see=may_see)
