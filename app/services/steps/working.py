"""The steps of working on a case: ask, complete, verify, handle, propose, give back."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.db.queries.case_moves import (
    PAPER_DUE,
    Move,
    StepFacts,
    close_tasks,
    take_step,
)
from app.db.queries.proposals import decided_by, hand_back
from app.db.queries.scope import Sight
from app.db.queries.texts import add_papers
from app.domain.codes import Outcome
from app.domain.lifecycle import CaseAction
from app.services.steps.saying import NOTHING, Said, decided, require_codes

A = CaseAction
Records = Mapping[str, Any]


def plain(action: CaseAction) -> Callable[[Move, Sight, Records], Awaitable[Said]]:
    """Return the doing of a step that records no more than words: a note, or the reason."""

    async def do(move: Move, _sight: Sight, records: Records) -> Said:
        step = await decided(move, action, records)
        text = await move.say(action.value, records.get("note") or records.get("reason"))
        await take_step(move, step, StepFacts(text=text))
        return NOTHING

    return do


async def ask_completion(move: Move, _sight: Sight, records: Records) -> Said:
    missing = tuple(records["missing"])
    step = await decided(move, A.ASK_COMPLETION, records)
    require_codes(move.acting.known, "paper", {f"/missing/{n}": code for n, code in enumerate(missing)})
    text = await move.say(A.ASK_COMPLETION.value, records.get("note"))
    await take_step(move, step, StepFacts(missing=missing, text=text))
    return NOTHING


async def complete(move: Move, _sight: Sight, records: Records) -> Said:
    """Take in the papers. Answers to questions are kept, and the case routed again, by the caller."""
    papers = tuple(records.get("papers") or ())
    step = await decided(move, A.COMPLETE, records)
    require_codes(move.acting.known, "paper", {f"/papers/{n}": code for n, code in enumerate(papers)})
    add_papers(move.acting.vault, move.case, move.key, papers)
    if papers:
        await close_tasks(move, PAPER_DUE)
    text = await move.say(A.COMPLETE.value, records.get("note"))
    await take_step(move, step, StepFacts(text=text))
    return NOTHING


async def record_verification(move: Move, _sight: Sight, records: Records) -> Said:
    step = await decided(move, A.RECORD_VERIFICATION, records)
    finding = {name: records.get(name) for name in ("verdict", "method", "note")}
    text = await move.say(A.RECORD_VERIFICATION.value, json.dumps(finding, ensure_ascii=False))
    await take_step(move, step, StepFacts(reason=records["verdict"], text=text))
    return NOTHING


async def propose(move: Move, _sight: Sight, records: Records) -> Said:
    """Put it to a second person: the desk's coordinator, or the secretariat, which then holds the case."""
    programs, known = tuple(records.get("programs") or ()), move.acting.known
    step = await decided(move, A.PROPOSE, records)
    outcome = records.get("outcome")
    proposal = {
        "recommendation": records["recommendation"],
        "outcome": Outcome(outcome).value if outcome else None,
        "programs": [code for code in programs if code in known.programs],
        "reason": records["reason"],
    }
    text = await move.say(A.PROPOSE.value, json.dumps(proposal, ensure_ascii=False))
    put_to = await decided_by(move, programs, refers=records["recommendation"] == "refer")
    await take_step(move, step, StepFacts(reason=records["recommendation"], text=text, put_to=put_to))
    return NOTHING


async def give_back(move: Move, _sight: Sight, records: Records) -> Said:
    """Give a proposal back to whoever made it: she has the case again, and the note is a task of hers."""
    step = await decided(move, A.RETURN, records)
    text = await move.say(A.RETURN.value, records.get("note"))
    await take_step(move, step, StepFacts(text=text))
    await hand_back(move, text)
    return NOTHING
