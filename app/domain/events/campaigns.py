"""What happens to campaigns. A component with a recipient's id would be health data, so it is left out."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCreated(ThingEvent):
    type: ClassVar[str] = "campaign.created"
    label: ClassVar[Label] = Label("Kegiatan dibuat", "Campaign made")

    program: Code
    agency: Code
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignEdited(ThingEvent):
    type: ClassVar[str] = "campaign.edited"
    label: ClassVar[Label] = Label("Kegiatan diubah", "Campaign changed")

    changed: tuple[Code, ...]
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMoved(ThingEvent):
    """A step that brings nothing but the next state: open, select, withdraw, close, cancel."""

    type: ClassVar[str] = "campaign.moved"
    label: ClassVar[Label] = Label("Keadaan kegiatan berubah", "Campaign took a step")

    action: Code
    state: Code
    reason: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNominated(ThingEvent):
    type: ClassVar[str] = "campaign.nominated"
    label: ClassVar[Label] = Label("Calon penerima diusulkan", "Recipients nominated")

    route: Code
    nominated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSelected(ThingEvent):
    type: ClassVar[str] = "campaign.selected"
    label: ClassVar[Label] = Label("Penerima dipilih", "Recipients selected")

    selection_id: UUID
    candidates: int
    chosen: int
    reserve: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignApproved(ThingEvent):
    type: ClassVar[str] = "campaign.approved"
    label: ClassVar[Label] = Label("Penerima ditetapkan", "Recipients approved")

    recipients: int
    """Each has a planned line in the ledger from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReplaced(ThingEvent):
    type: ClassVar[str] = "campaign.replaced"
    label: ClassVar[Label] = Label("Penerima diganti dari cadangan", "Recipient replaced from the reserve")

    recipient_id: UUID
    reason: Code
    by_recipient_id: UUID | None = None
    """None: the reserve has nobody left who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSlotAdded(ThingEvent):
    type: ClassVar[str] = "campaign.slot_added"
    label: ClassVar[Label] = Label("Jadwal pembagian ditambah", "Hand-out slot added")

    slot_id: UUID
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStarted(ThingEvent):
    type: ClassVar[str] = "campaign.started"
    label: ClassVar[Label] = Label("Pembagian dimulai", "Hand-out started")

    recipients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDeviceAdded(ThingEvent):
    type: ClassVar[str] = "campaign.device_added"
    label: ClassVar[Label] = Label("Perangkat pembagian didaftarkan", "Hand-out device registered")

    device_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDeviceRevoked(ThingEvent):
    type: ClassVar[str] = "campaign.device_revoked"
    label: ClassVar[Label] = Label("Perangkat pembagian dicabut", "Hand-out device revoked")

    device_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignListIssued(ThingEvent):
    type: ClassVar[str] = "campaign.list_issued"
    label: ClassVar[Label] = Label("Daftar penerima diunduh perangkat", "A device took its list along")

    device_id: UUID
    list_id: UUID
    recipients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGiven(ThingEvent):
    type: ClassVar[str] = "campaign.given"
    label: ClassVar[Label] = Label("Bantuan diserahkan", "Aid handed out")

    recipient_id: UUID
    checkin_id: UUID
    device_id: UUID
    line_id: UUID
    by_proxy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCheckedIn(ThingEvent):
    """A check-in that gives nothing: a duplicate, somebody turned away, or one that is refused."""

    type: ClassVar[str] = "campaign.checked_in"
    label: ClassVar[Label] = Label("Kedatangan dicatat", "Check-in recorded")

    recipient_id: UUID
    checkin_id: UUID
    device_id: UUID
    verdict: Code
    refusal: Code | None = None
    first_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFindingDecided(ThingEvent):
    type: ClassVar[str] = "campaign.finding_decided"
    label: ClassVar[Label] = Label("Temuan pembagian diputuskan", "Hand-out finding decided")

    checkin_id: UUID
    decision: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReported(ThingEvent):
    type: ClassVar[str] = "campaign.reported"
    label: ClassVar[Label] = Label("Kegiatan dilaporkan", "Campaign reported")

    given: int
    no_show: int


CAMPAIGN_EVENTS: tuple[type[ThingEvent], ...] = (
    CampaignCreated,
    CampaignEdited,
    CampaignMoved,
    CampaignNominated,
    CampaignSelected,
    CampaignApproved,
    CampaignReplaced,
    CampaignSlotAdded,
    CampaignStarted,
    CampaignDeviceAdded,
    CampaignDeviceRevoked,
    CampaignListIssued,
    CampaignGiven,
    CampaignCheckedIn,
    CampaignFindingDecided,
    CampaignReported,
)
