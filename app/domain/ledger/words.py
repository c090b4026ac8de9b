"""What stands against an aid, as a sentence for whoever decides."""

from collections.abc import Mapping

from app.domain.documents import Words
from app.domain.ledger.judgement import Cause, Finding
from app.domain.programs import Effect, Program


def in_words(finding: Finding, programs: Mapping[str, Program]) -> Words:
    known = programs.get(finding.program)
    name = known.name if known else Words(finding.program, finding.program)
    match finding.cause:
        case Cause.SAME_AID:
            return Words(
                f"Ia sudah memiliki {name.id}; bantuan yang sama tidak diberikan dua kali.",
                f"She has {name.en} already; the same aid is not given twice.",
            )
        case Cause.SAME_AID_IN_HOUSEHOLD:
            return Words(
                f"Anggota keluarga lain sudah memiliki {name.id}; periksa apakah haknya per orang.",
                f"Another member of the household has {name.en}; see whether it is paid per person.",
            )
        case Cause.SAME_PERIOD:
            return Words(
                f"{name.id} bagian {finding.component} untuk {finding.period} sudah tercatat.",
                f"{name.en}, part {finding.component}, is on record for {finding.period} already.",
            )
        case Cause.TOO_MANY:
            return Words(
                f"Keluarga sudah memiliki {finding.held} program lain, sebanyak batas kebijakan daerah.",
                f"The household has {finding.held} other programmes, as many as the regency's policy allows.",
            )
        case Cause.EXCLUDED if finding.effect is Effect.EXCLUDE:
            return Words(
                f"Tidak boleh bersama {name.id}, yang sudah dimiliki keluarga.",
                f"It may not stand beside {name.en}, which the household has.",
            )
        case Cause.EXCLUDED:
            return Words(
                f"Keluarga sudah memiliki {name.id}; boleh bersama, tetapi pertimbangkan yang belum dibantu.",
                f"The household has {name.en}; both may stand, but think of those who have nothing.",
            )
