"""The cases of the story, in the order in which they are told."""

from app.demo.story.scenes import (
    bhakti_sosial,
    closed_channel,
    disability,
    donor,
    house,
    letter,
    lists_reconciled,
    mother,
    not_ours,
    old_man,
    outsider,
    own_earning,
    patient,
    reopened,
    short_payment,
    three_months,
    village_head,
    village_meeting,
)

SCENES = (
    mother.SHOWN,
    patient.SHOWN,
    old_man.SHOWN,
    three_months.SHOWN,
    outsider.SHOWN,
    disability.SHOWN,
    bhakti_sosial.SHOWN,
    short_payment.SHOWN,
    not_ours.SHOWN,
    closed_channel.SHOWN,
    village_head.SHOWN,
    reopened.SHOWN,
    house.SHOWN,
    letter.SHOWN,
    lists_reconciled.SHOWN,
    village_meeting.SHOWN,
    own_earning.SHOWN,
    donor.SHOWN,
)

__all__ = ["SCENES"]
