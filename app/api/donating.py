"""What the routes of needs and pledges share: examples, and the certificate as a page."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from app.api.reading import Reading
from app.db.tables.needs import Need, Pledge
from app.domain.errors import Conflict
from app.domain.ids import public_id
from app.domain.letters import day_in_words
from app.domain.needs import PledgeState
from app.domain.sla import local_date

NEED_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a91"
PLEDGE_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a92"
NEED_EXAMPLE: Final[dict[str, Any]] = {
    "id": NEED_ID,
    "source": {"code": "case", "label": "Kasus warga"},
    "kind": {"code": "KURSI_RODA", "label": "Kursi roda"},
    "unit": {"code": "unit", "label": "unit"},
    "quantity": 1,
    "remaining": 1,
    "estimated_idr": 1500000,
    "urgency": {"code": "BIASA", "label": "Biasa"},
    "region": "13.74.01",
    "region_name": "Padang Panjang Barat",
    "story": "Seorang lansia di Padang Panjang Barat membutuhkan 1 unit kursi roda.",
    "state": {"code": "published", "label": "Terbuka bagi donatur"},
    "published_on": "2026-11-25",
    "allowed_actions": [{"code": "reserve", "label": "Pesan"}],
    "office": None,
}
OFFICE_EXAMPLE: Final[dict[str, Any]] = {
    **NEED_EXAMPLE,
    "state": {"code": "draft", "label": "Rancangan"},
    "published_on": None,
    "allowed_actions": [{"code": "publish", "label": "Terbitkan"}],
    "office": {
        "ticket": "1374-3F7K-9QX2-M",
        "referral": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a93",
        "campaign": None,
        "component": None,
        "age": None,
        "ppks": None,
        "group_size": None,
        "held": 0,
        "given": 0,
        "created_at": "2026-11-25T02:00:00Z",
        "published_at": None,
        "end_reason": None,
    },
}
PLEDGE_EXAMPLE: Final[dict[str, Any]] = {
    "id": PLEDGE_ID,
    "need": {
        **NEED_EXAMPLE,
        "remaining": 0,
        "state": {"code": "reserved", "label": "Sudah dipesan"},
        "allowed_actions": [],
    },
    "donor": "PT Contoh Peduli",
    "anonymous": False,
    "quantity": 1,
    "state": {"code": "reserved", "label": "Dipesan"},
    "expires_at": "2026-12-02T02:00:00Z",
    "promised_on": None,
    "delivered_on": None,
    "reason": None,
    "decided_at": None,
    "proofs": [],
    "created_at": "2026-11-25T02:00:00Z",
    "allowed_actions": [{"code": "pledge", "label": "Beri kepastian"}],
}
REPORT_EXAMPLE: Final[dict[str, Any]] = {
    "pledge": PLEDGE_EXAMPLE,
    "worth_idr": 1500000,
    "words": "Kebutuhan ini Anda pesan. Beri kepastian atau serahkan sebelum batas waktunya.",
    "certificate": None,
}
SUM_EXAMPLE: Final[dict[str, Any]] = {
    "region": "13.74.01",
    "region_name": "Padang Panjang Barat",
    "donor": "PT Contoh Peduli",
    "kind": {"code": "KURSI_RODA", "label": "Kursi roda"},
    "unit": {"code": "unit", "label": "unit"},
    "source": {"code": "case", "label": "Kasus warga"},
    "pledges": 2,
    "promised": 1,
    "given": 1,
    "given_idr": 1500000,
}
PROOF_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "JPEG, PNG, WEBP or PDF, by its content. No picture of a person.",
                        }
                    },
                },
                "example": {"file": "(the bytes of tanda-terima.pdf)"},
            }
        },
    }
}


def certificate_page(reading: Reading, pledge: Pledge, need: Need) -> Mapping[str, Any]:
    """Return everything that stands on the certificate, as texts; the same pledge gives the same.

    Raises:
        Conflict: the delivery was not accepted.
    """
    if pledge.state != PledgeState.ACCEPTED.value or pledge.decided_at is None:
        raise Conflict(
            "not_accepted_yet",
            "Sertifikat tersedia sesudah penyerahan diperiksa dan diterima sekretariat.",
            "The certificate is there once the secretariat has checked and accepted the delivery.",
            {"state": pledge.state},
        )
    known, regency = reading.known, need.regency_code
    settings = known.settings.get(regency)
    office = settings.secretariat if settings else "Sekretariat SLRT"
    on = local_date(pledge.decided_at, regency)
    unit = known.label("need_unit", need.unit, "id")
    row = [
        known.label("need_kind", need.kind, "id"),
        f"{pledge.quantity} {unit}",
        known.region_name(need.shown_region),
        day_in_words(pledge.delivered_on) if pledge.delivered_on else "",
    ]
    blocks: list[dict[str, Any]] = [
        {"text": f"Sekretariat menyatakan bahwa {pledge.donor_name} telah menyerahkan bantuan berikut:"},
        {"table": {"head": ["Bantuan", "Jumlah", "Wilayah", "Diserahkan"], "rows": [row]}},
        {
            "text": "Penyerahan dibuktikan dengan foto barang dan tanda terima, dan diperiksa oleh petugas "
            "yang bukan penyusun kebutuhan itu. Penerima tidak disebut namanya. Layanan ini tidak "
            "menerima dan tidak mengelola uang."
        },
    ]
    page = {
        "government": f"Pemerintah {known.region_name(regency)}",
        "letterhead": office,
        "title": "Sertifikat penyerahan bantuan",
        "number": public_id(regency, pledge.id),
        "note": "",
        "blocks": blocks,
        "city": known.region_name(regency),
        "date": day_in_words(on),
        "signatory": {"title": "Diterbitkan oleh", "name": office},
    }
    digest = sha256(json.dumps(page, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {**page, "hash": digest}
