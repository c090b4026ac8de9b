"""One version of a programme's rules: read, written in the editor, tried on past cases, published."""

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from app.console import rule_tree
from app.console.acts import NO_REFUSAL, Act, Refusal, act, known, refusal, sent
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of
from app.console.sitting import part
from app.console.visit import Handler, Visit

_STEPS: Final[Mapping[str, Form]] = {
    "check": (),
    "publish": (),
    "withdraw": (),
    "return": (
        Field("remark", Kind.TEXT, ("Apa yang harus diperbaiki", "What is to be mended"), needed=True),
    ),
    "retire": (Field("last_on", Kind.DAY, ("Hari terakhir berlaku", "Last day in force"), needed=True),),
}
"""What each step asks for, by its name in ``allowed_actions``."""
_TRY: Final[Form] = (
    Field("from", Kind.DAY, ("Kasus sejak", "Cases from"), needed=True),
    Field("to", Kind.DAY, ("Sampai dengan", "Until"), needed=True),
    Field(
        "sample",
        Kind.NUMBER,
        ("Kira-kira berapa kasus", "About how many cases"),
        hint=("Kosong berarti semua.", "Empty is all."),
    ),
)
_RULES: Final[Form] = (
    Field("valid_from", Kind.DAY, ("Berlaku sejak", "In force from"), needed=True),
    Field("source", Kind.LINE, ("Dasar hukum", "Legal basis"), needed=True),
    Field("sectors", Kind.MANY, ("Bidang", "Sectors"), "sector"),
    Field("benefit.summary.id", Kind.LINE, ("Manfaat (Indonesia)", "Benefit (Indonesian)"), needed=True),
    Field("benefit.summary.en", Kind.LINE, ("Manfaat (Inggris)", "Benefit (English)"), needed=True),
    Field("waiting_list", Kind.FLAG, ("Ada daftar tunggu", "There is a waiting list")),
)
_WORST: Final = ("no_longer_eligible", "newly_eligible", "now_undecided", "no_longer_undecided")
_ROW, _WIDE = 52, 290


async def show_version(visit: Visit) -> Response:
    return await _version(visit, NO_REFUSAL)


async def take_step(visit: Visit) -> Response:
    """Hand in, give back, publish, retire or withdraw; what may be done is in ``allowed_actions``."""
    action, to = visit.path("action"), _page(visit)
    if action == "try":
        asked, typed = Act("try", f"{_path(visit)}/try", _TRY), await visit.form()
        told = await sent(visit, asked, typed)
        if not told.fine:
            return await _version(visit, refusal(told, "try", typed))
        return visit.lead(f"{to}/coba/{part(told.body['id'])}")
    if action not in _STEPS:
        return visit.draw("trouble.html", 404, problem={})
    return await act(visit, _version, Act(action, f"{_path(visit)}/{action}", _STEPS[action], to))


async def show_editor(visit: Visit) -> Response:
    return await _editor(visit, NO_REFUSAL)


async def edit(visit: Visit) -> Response:
    """Change one thing of a draft and store the whole document; its faults are then shown beside it."""
    typed, what = await visit.form(), visit.path("what")
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    rules = dict(told.body["document"]["version"])
    rules.pop("n", None)
    changed = await _changed(visit, what, rules, typed)
    if isinstance(changed, str):
        problem = {"detail": changed, "errors": []}
        return await _editor(visit, Refusal(problem, what, _typed(typed), 422))
    asked = Act(what, _path(visit), method="PUT", more={"version": changed})
    answer = await sent(visit, asked, typed)
    if not answer.fine:
        return await _editor(visit, refusal(answer, what, typed))
    return visit.lead(f"{_page(visit)}/aturan", ok=what)


async def show_trial(visit: Visit) -> Response:
    """Show what a trial has counted by now, as a picture with its table; drawn anew while it runs."""
    told = await visit.sitting.get(f"{_path(visit)}/tries/{part(visit.path('job'))}")
    if not told.fine:
        return visit.trouble(told)
    shifts = sorted(
        told.body["shifts"], key=lambda one: _WORST.index(c) if (c := one["shift"]["code"]) in _WORST else 9
    )
    template = "trial_result.html" if visit.request.headers.get("hx-request") else "trial.html"
    moves = told.body["moves"]
    return visit.draw(
        template,
        trial=told.body,
        bars=_bars([(one["shift"]["label"], one["cases"]) for one in shifts if _moved(one)]),
        flows=_bars([(f"{one['before'] or '-'} → {one['after'] or '-'}", one["cases"]) for one in moves]),
        shifts=[one for one in shifts if one["cases"]],
        to=_page(visit),
    )


async def _changed(visit: Visit, what: str, rules: dict[str, Any], typed: FormData) -> dict[str, Any] | str:
    """Return the rules with the change, or what is wrong with it."""
    said = {name: str(typed.get(name) or "").strip() for name in typed}
    if what == "tambah":
        fact = await _fact(visit, said.get("fact", ""))
        takes = (
            next((o["takes"] for o in fact["operators"] if o["op"] == said.get("op")), "one")
            if fact
            else "one"
        )
        texts = [str(one) for one in typed.getlist("value")]
        leaf = {
            "fact": said.get("fact", ""),
            "op": said.get("op", ""),
            "value": rule_tree.value_of(takes, texts),
            "source": said.get("source", ""),
            "trust": "R",
        }
        tree = rule_tree.added(rules.get("criteria"), said.get("place", ""), leaf, said.get("group", ""))
        return {**rules, "criteria": tree}
    if what == "hapus":
        return {**rules, "criteria": rule_tree.removed(rules.get("criteria"), said.get("pointer", ""))}
    if what == "keterangan":
        new = body_of(_RULES, typed, visit.zone)
        benefit = {**rules.get("benefit", {}), **new.pop("benefit", {})}
        return {**rules, "waiting_list": False, **new, "benefit": benefit}
    try:
        whole = json.loads(said.get("dokumen", ""))
    except (ValueError, RecursionError) as error:
        return f"JSON: {error}"
    return whole if isinstance(whole, dict) else "JSON"


async def _fact(visit: Visit, name: str) -> dict[str, Any] | None:
    facts = await visit.sitting.read("/v1/facts")
    return next((one for one in (facts or {"items": []})["items"] if one["name"] == name), None)


async def _version(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    steps = {one["code"]: one["label"] for one in told.body["allowed_actions"]}
    return visit.draw(
        "version.html",
        refused.status,
        one=told.body,
        etag=told.etag,
        steps=steps,
        forms=_STEPS,
        trying=_TRY,
        nodes=_nodes(told.body),
        to=_page(visit),
        **refused.shown,
    )


async def _editor(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    rules = told.body["document"]["version"]
    facts = (await visit.sitting.read("/v1/facts") or {"items": []})["items"]
    name = refused.typed.get("fact", [visit.query("fakta")])[0]
    fact = next((one for one in facts if one["name"] == name), None)
    sets = await choices_of(visit, ("sector",))
    if fact and fact["code_set"] and not fact["codes"] and fact["code_set"] not in {"program", "region"}:
        sets = {**sets, **await choices_of(visit, (fact["code_set"],))}
    return visit.draw(
        "rule_editor.html",
        refused.status,
        one=told.body,
        etag=told.etag,
        facts=facts,
        fact=fact,
        sets=sets,
        nodes=_nodes(told.body),
        groups=rule_tree.groups(rules.get("criteria")),
        form=_RULES,
        known=known(_RULES, rules),
        document=json.dumps(rules, ensure_ascii=False, indent=1),
        to=_page(visit),
        **refused.shown,
    )


def _nodes(version: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions in words with how deep each lies and what stands against it."""
    nodes = []
    for one in version["criteria"]:
        pointer = rule_tree.ROOT + one["pointer"].partition(rule_tree.ROOT)[2]
        faults = [fault["detail"] for fault in version["faults"] if fault["pointer"].endswith(one["pointer"])]
        nodes.append({**one, "pointer": pointer, "depth": min(pointer.count("/") // 2, 5), "faults": faults})
    return nodes


def _moved(shift: Mapping[str, Any]) -> bool:
    return bool(shift["cases"]) and shift["shift"]["code"] != "same"


def _bars(counted: list[tuple[str, int]]) -> list[dict[str, Any]]:
    longest = max((n for _, n in counted), default=0) or 1
    return [
        {"label": label, "count": n, "y": row * _ROW, "width": max(2, round(n / longest * _WIDE)) if n else 0}
        for row, (label, n) in enumerate(counted)
    ]


def _typed(typed: FormData) -> dict[str, list[str]]:
    return {name: [str(one) for one in typed.getlist(name)] for name in typed}


def _path(visit: Visit) -> str:
    return f"/v1/programs/{part(visit.path('code'))}/versions/{part(visit.path('n'))}"


def _page(visit: Visit) -> str:
    return f"/konsol/program/{part(visit.path('code'))}/versi/{part(visit.path('n'))}"


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/program/{code}/versi/{n}", "GET", show_version),
    ("/konsol/program/{code}/versi/{n}/langkah/{action}", "POST", take_step),
    ("/konsol/program/{code}/versi/{n}/aturan", "GET", show_editor),
    ("/konsol/program/{code}/versi/{n}/aturan/{what}", "POST", edit),
    ("/konsol/program/{code}/versi/{n}/coba/{job}", "GET", show_trial),
)
