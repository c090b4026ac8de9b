"""The cases of the story, in the order in which they are told."""

from app.demo.story.scenes import (
    closed_channel,
    disability,
    house,
    letter,
    mother,
    not_ours,
    old_man,
    outsider,
    patient,
    reopened,
    short_payment,
    village_head,
)

SCENES = (
    mother.SHOWN,
    patient.SHOWN,
    old_man.SHOWN,
    outsider.SHOWN,
    disability.SHOWN,
    short_payment.SHOWN,
    not_ours.SHOWN,
    closed_channel.SHOWN,
    village_head.SHOWN,
    reopened.SHOWN,
    house.SHOWN,
    letter.SHOWN,
)

__all__ = ["SCENES"]
