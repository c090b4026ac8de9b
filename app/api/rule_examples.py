"""What the documentation shows of the rules of programmes."""

from typing import Final

ME: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
RULES: Final = {
    "valid_from": "2027-01-01",
    "coverage": ["13.74"],
    "sectors": ["SOSIAL_EKONOMI"],
    "categories": ["KEBUTUHAN_LAYANAN", "PERMOHONAN_BANSOS"],
    "criteria": {
        "all": [
            {"fact": "registry.desil", "op": "between", "value": [1, 3],
             "source": "Perwako 12 Tahun 2026", "trust": "SEED"}
        ]
    },
    "benefit": {
        "summary": {"id": "Rp300.000 sebulan", "en": "Rp300,000 a month"},
        "components": [],
        "fulfilled_on": "last_delivery",
    },
    "source": "Perwako 12 Tahun 2026",
    "trust": "SEED",
}  # fmt: skip
NAME: Final = {"id": "BLT Kota Padang Panjang", "en": "Cash aid of Padang Panjang City"}
DOCUMENT: Final = {
    "code": "BLT_KOTA", "agency": "DINSOS-1374", "level": "KAB_KOTA", "purposes": ["AID"], "name": NAME,
    "version": {**RULES, "n": 2},
}  # fmt: skip
NEW: Final = {**DOCUMENT, "code": "BANTUAN_AIR-1374", "version": RULES}
DRAFT: Final = {
    "program": "BLT_KOTA",
    "n": 2,
    "status": {"code": "draft", "label": "Naskah"},
    "name": NAME,
    "agency": "DINSOS-1374",
    "valid_from": "2027-01-01",
    "digest": "9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de",
    "makers": [ME],
    "drafted_at": "2026-11-25T02:00:00Z",
    "submitted_at": None,
    "remark": None,
}
DETAIL: Final = {
    **DRAFT,
    "level": "KAB_KOTA",
    "valid_to": None,
    "last_on": None,
    "document": DOCUMENT,
    "criteria_text": {"id": "Desil 1\u20133", "en": "Decile 1\u20133"},
    "criteria": [
        {"pointer": "/version/criteria/all/0", "fact": "registry.desil",
         "words": {"id": "Desil 1\u20133", "en": "Decile 1\u20133"}}
    ],
    "submitted_by": None,
    "published_by": None,
    "published_at": None,
    "retired_by": None,
    "retired_at": None,
    "faults": [],
    "allowed_actions": [{"code": "check", "label": "Ajukan untuk diperiksa"}],
}  # fmt: skip
JOB: Final = {
    "id": ME,
    "kind": {"code": "try_program", "label": "Uji coba aturan program"},
    "state": {"code": "done", "label": "Selesai"},
    "done": 41250,
    "total": 41250,
    "result": {"program": "BLT_KOTA", "version": 2, "examined": 41250, "changed": 310, "elsewhere": 275},
    "problem": None,
    "created_at": "2026-11-25T02:00:00Z",
    "started_at": "2026-11-25T02:00:01Z",
    "ended_at": "2026-11-25T02:00:09Z",
}
TRIAL: Final = {
    "job": JOB,
    "program": "BLT_KOTA",
    "version": 2,
    "digest": DRAFT["digest"],
    "since": "2025-11-01",
    "until": "2026-10-31",
    "region": "13.74",
    "exact": True,
    "changed": 312,
    "elsewhere": 276,
    "shifts": [
        {"shift": {"code": "no_longer_eligible", "label": "Tidak lagi memenuhi syarat"}, "cases": 312}
    ],
    "moves": [{"before": "BLT_KOTA", "after": "BAZNAS_KOTA", "cases": 276}],
    "cases": [
        {
            "ticket": "1374-3F7K-9QX2-M",
            "shift": {"code": "no_longer_eligible", "label": "Tidak lagi memenuhi syarat"},
            "before": {"code": "eligible", "label": "Memenuhi syarat"},
            "after": {"code": "not_eligible", "label": "Tidak memenuhi syarat"},
            "first_before": "BLT_KOTA",
            "first_after": "BAZNAS_KOTA",
        }
    ],
}
TRY: Final = {"from": "2025-11-01", "to": "2026-10-31", "sample": 10000}
