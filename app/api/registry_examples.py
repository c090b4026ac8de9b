"""What the docs show of registry snapshots."""

from typing import Final

JOB: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "kind": {"code": "registry_check", "label": "Pemeriksaan daftar registri"},
    "state": {"code": "done", "label": "Selesai"},
    "done": 5,
    "total": 5,
    "result": {"rows": 5},
    "problem": None,
    "created_at": "2026-11-25T02:00:00Z",
    "started_at": "2026-11-25T02:00:01Z",
    "ended_at": "2026-11-25T02:00:02Z",
}
SNAPSHOT_BODY: Final = {
    "region": "13.74",
    "list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "source": "DTSEN",
    "period": "2026-Q3",
    "decree": "Kepmensos 81/HUK/2026",
}
SNAPSHOT: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "region": "13.74",
    "source": {"code": "DTSEN", "label": "DTSEN"},
    "period": "2026-Q3",
    "decree": "Kepmensos 81/HUK/2026",
    "state": {"code": "checked", "label": "Selesai diperiksa"},
    "list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "profile_id": None,
    "columns": {"nik": "NIK", "name": "Nama", "desil": "Desil"},
    "counts": {
        "rows": 5,
        "entering": 3,
        "entered": None,
        "verdicts": [
            {"code": "accepted", "label": "Diterima", "rows": 2},
            {"code": "corrected", "label": "Diterima dengan perbaikan", "rows": 1},
            {"code": "parked", "label": "Menunggu keputusan", "rows": 1},
            {"code": "refused", "label": "Ditolak", "rows": 1},
        ],
        "reasons": [{"code": "nik_missing", "label": "NIK kosong", "rows": 1}],
    },
    "job": JOB,
    "created_at": "2026-11-25T02:00:00Z",
    "checked_at": "2026-11-25T02:00:02Z",
    "committed_at": None,
    "version": 2,
}
ROW: Final = {
    "n": 7,
    "verdict": {"code": "parked", "label": "Menunggu keputusan"},
    "reasons": [{"code": "nik_missing", "label": "NIK kosong"}],
    "enters": False,
    "name": "Contoh Warga",
    "nik": None,
    "kk": "************1201",
    "born_on": "1980-01-01",
    "sex": "P",
    "village": "13.74.01.1003",
    "desil": 2,
    "status": {"code": "ADA", "label": "Ada"},
    "programs": ["PKH"],
    "decision": None,
    "decided_at": None,
}
DIFF: Final = {
    "snapshot": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "against": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "at": "2026-11-25T02:00:00Z",
    "kinds": [{"code": "dropped", "label": "Keluar dari daftar", "rows": 1}],
    "reasons": [{"code": "not_listed", "label": "Tidak tercantum di daftar yang lebih baru", "rows": 1}],
    "flagged": 1,
    "items": [
        {
            "kind": {"code": "dropped", "label": "Keluar dari daftar"},
            "reason": {"code": "not_listed", "label": "Tidak tercantum di daftar yang lebih baru"},
            "name": "contoh warga",
            "village": "13.74.01.1003",
            "desil_before": 2,
            "desil_after": None,
        }
    ],
    "next": None,
    "count": None,
}
GAP: Final = {
    "person": {
        "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
        "name": "Contoh Warga",
        "nik": "************0001",
        "born_on": "1980-01-01",
        "sex": "P",
    },
    "village": "13.74.01.1003",
    "signs": [{"code": "open_case", "label": "Ada kasus yang berjalan"}],
    "tickets": ["1374-3F7K-9QX2-M"],
}
