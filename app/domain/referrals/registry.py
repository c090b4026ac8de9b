"""The stages of a registry proposal, kept as sub-status of a REGISTRY referral.

Source: domain.md 5.3 (F 31, 32c, 32d; a village head's SPTJM instead of a deliberation: Fw 28b).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class RegistryStage(StrEnum):
    DRAF = "DRAF"
    MUSYAWARAH = "MUSYAWARAH"
    BERITA_ACARA = "BERITA_ACARA"
    DIUNGGAH = "DIUNGGAH"
    VERIFIKASI_DINSOS = "VERIFIKASI_DINSOS"
    DIKEMBALIKAN = "DIKEMBALIKAN"
    FINALISASI = "FINALISASI"
    PENGESAHAN_KDH = "PENGESAHAN_KDH"
    TERKIRIM_PUSAT = "TERKIRIM_PUSAT"
    DIPROSES = "DIPROSES"
    DITETAPKAN = "DITETAPKAN"
    DITOLAK = "DITOLAK"
    TIDAK_PADAN = "TIDAK_PADAN"


R = RegistryStage
NEXT_STAGES: Final[Mapping[RegistryStage, frozenset[RegistryStage]]] = MappingProxyType(
    {
        R.DRAF: frozenset({R.MUSYAWARAH, R.DIUNGGAH}),
        R.MUSYAWARAH: frozenset({R.BERITA_ACARA}),
        R.BERITA_ACARA: frozenset({R.DIUNGGAH}),
        R.DIUNGGAH: frozenset({R.VERIFIKASI_DINSOS}),
        R.VERIFIKASI_DINSOS: frozenset({R.DIKEMBALIKAN, R.FINALISASI}),
        R.DIKEMBALIKAN: frozenset({R.DIUNGGAH}),
        R.FINALISASI: frozenset({R.PENGESAHAN_KDH}),
        R.PENGESAHAN_KDH: frozenset({R.TERKIRIM_PUSAT}),
        R.TERKIRIM_PUSAT: frozenset({R.DIPROSES}),
        R.DIPROSES: frozenset({R.DITETAPKAN, R.DITOLAK, R.TIDAK_PADAN}),
        R.DITETAPKAN: frozenset(),
        R.DITOLAK: frozenset(),
        R.TIDAK_PADAN: frozenset(),
    }
)
REFUSED_STAGES: Final = frozenset({R.DITOLAK, R.TIDAK_PADAN})
