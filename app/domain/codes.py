"""The closed sets that the rules branch on.

Everything that a person reads has its label in ``app/data/codes.json``, in two languages, and open
lists (categories, sectors, PPKS, channels, papers …) live only there, as data.
"""

from enum import StrEnum


class CaseKind(StrEnum):
    PERTANYAAN = "PERTANYAAN"
    SARAN = "SARAN"
    PENGADUAN = "PENGADUAN"
    LAYANAN = "LAYANAN"
    INFORMASI = "INFORMASI"
    USULAN_DATA = "USULAN_DATA"
    DARURAT = "DARURAT"


class Priority(StrEnum):
    BIASA = "BIASA"
    MENDESAK = "MENDESAK"
    DARURAT = "DARURAT"


class Confidentiality(StrEnum):
    BIASA = "BIASA"
    TERBATAS = "TERBATAS"
    RAHASIA = "RAHASIA"


class Level(StrEnum):
    """Who provides, from the nearest to the farthest; the order is the ladder of subsidiarity."""

    DESA = "DESA"
    KAB_KOTA = "KAB_KOTA"
    PROVINSI = "PROVINSI"
    PUSAT = "PUSAT"
    SWASTA_CSR = "SWASTA_CSR"


class Purpose(StrEnum):
    AID = "AID"
    COMPLAINT = "COMPLAINT"
    INFORMATION = "INFORMATION"
    REGISTRY = "REGISTRY"


class Trust(StrEnum):
    """How well a fact is known: found, found weak, seen in code, given, recalled, ours."""

    F = "F"
    FW = "Fw"
    C = "C"
    SEED = "SEED"
    R = "R"
    OURS = "OURS"


TO_BE_CONFIRMED = frozenset({Trust.FW, Trust.R, Trust.OURS})


class SubjectKind(StrEnum):
    PERSON = "person"
    HOUSEHOLD = "household"
    PLACE = "place"
    UNKNOWN_PERSON = "unknown_person"


class AboutKind(StrEnum):
    ACCOUNT = "account"
    CADRE = "cadre"
    DESK = "desk"
    VILLAGE_OFFICE = "village_office"
    AGENCY = "agency"
    PROGRAM = "program"
    RECIPIENT = "recipient"
    TEXT = "text"


class Holder(StrEnum):
    DESK = "desk"
    SECRETARIAT = "secretariat"


class Outcome(StrEnum):
    AID_RECEIVED = "aid_received"
    AID_PARTIAL = "aid_partial"
    SERVICE_GIVEN = "service_given"
    INFORMATION_GIVEN = "information_given"
    SUGGESTION_NOTED = "suggestion_noted"
    COMPLAINT_UPHELD = "complaint_upheld"
    COMPLAINT_NOT_UPHELD = "complaint_not_upheld"
    DATA_CORRECTED = "data_corrected"
    PROPOSAL_DECIDED = "proposal_decided"
    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    WAITLISTED = "waitlisted"
    UNREACHABLE = "unreachable"
    DECEASED = "deceased"
    TRANSFERRED = "transferred"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    PASSED_TO_OTHER_SYSTEM = "passed_to_other_system"


class VoidReason(StrEnum):
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    WITHDRAWN = "withdrawn"


class ActorKind(StrEnum):
    OFFICER = "officer"
    CLIENT = "client"
    RESIDENT = "resident"
    RECEIVER = "receiver"
    """A receiver without an account, who opened the link of a letter: one referral and no more."""
    SYSTEM = "system"


class LedgerState(StrEnum):
    PLANNED = "planned"
    GIVEN = "given"
    STOPPED = "stopped"
    REVERSED = "reversed"


class LedgerSource(StrEnum):
    """Through which door a line of the ledger came in; the set ``ledger_source``."""

    CASE = "case"
    IMPORT = "import"
    CAMPAIGN = "campaign"
    PLEDGE = "pledge"
    MANUAL = "manual"
