"""Kota Padang's JKSS list is reconciled; whom the centre struck off is proposed for the province's quota."""

from typing import Any, Final

from rich.text import Text

from app.demo.cast import BAKER, DEPARTED, INSURED, PUPIL, STRUCK_OFF, TRADER, Role, nik_of
from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, Words, aid, until
from app.demo.story.telling import badge

_REGENCY: Final = "13.71"
_JATI: Final = STRUCK_OFF.village.code
_PATH: Final = "/v1/reconciliations"
_AGAINST: Final = ["registry", "persons", "deaths_and_moves", "ledger"]
_EXPECTED: Final = {
    (DEPARTED.name, "deceased"),
    (TRADER.name, "moved"),
    (INSURED.name, "double_funded"),
}


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("rini", _REGENCY, "Puskesos Jati")
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    second = await scene.doors.officer("pemaraf", _REGENCY, "Pemaraf SLRT")
    await _open(scene, desk)
    await _record_death(scene, desk)
    await _reconcile_jkss(scene, office, second)
    await _find_whom_the_centre_struck_off(scene, office, second)
    await _take_over(scene, desk, office)
    return await scene.ending(desk)


async def _open(scene: Scene, desk: Caller) -> None:
    body = {
        "category": "KEPESERTAAN_PBI_NONAKTIF",
        "subject": scene.subject(STRUCK_OFF),
        "place": {"village": _JATI, "address": STRUCK_OFF.address},
        "chronology": "Kartu KIS tidak aktif sejak bulan lalu; perlu kontrol rutin.",
        "papers": ["KTP", "KK"],
    }
    words = ("Kartunya mati tanpa pemberitahuan.", "Her card went dead without a word.")
    await scene.open(desk, body, words)


async def _record_death(scene: Scene, desk: Caller) -> None:
    found = await desk.post("/v1/people/lookup", {"nik": nik_of(DEPARTED, scene.run)})
    person = found.body["people"][0]["id"]
    body = {"died_on": scene.today, "source": "village_letter"}
    await desk.post(f"/v1/people/{person}/death", body)
    words = ("Tetangganya wafat; suratnya dicatat.", "A neighbour has died; the letter is recorded.")
    scene.say(desk, words, "POST /v1/people/…/death")


# The list of the provincial scheme -----------------------------------------------------------------------


async def _reconcile_jkss(scene: Scene, office: Caller, second: Caller) -> None:
    listed = (BAKER, PUPIL, DEPARTED, TRADER, INSURED)
    list_id = await _send(scene, office, "daftar-jkss.csv", listed)
    body = {"region": _REGENCY, "program": "JKSS", "list_id": list_id, "against": _AGAINST}
    words = (
        "Mencocokkan daftar JKSS dengan registri, kematian, kepindahan, dan buku bantuan.",
        "Compares the JKSS list with the registry, deaths, moves and the aid ledger.",
    )
    found = await _reconciled(scene, office, body, words)
    told = {(one["subject"]["name"].title(), one["kind"]["code"]) for one in found["items"]}
    if told != _EXPECTED:
        raise Broken(f"found {sorted(told)}")
    for one in found["items"]:
        scene.tell.hear(_sentence(one))
    for kind, decision, reason in (
        ("deceased", "remove", "village_letter"),
        ("moved", "remove", "civil_registry"),
        ("double_funded", "remove", "other_funder_pays"),
    ):
        path = f"{_PATH}/{found['reconciliation']}"
        await office.post(f"{path}/decide", {"kind": kind, "decision": decision, "reason": reason})
        await second.post(f"{path}/approve", {"kind": kind, "decision": decision})
    words = (
        "Dicoret oleh dua orang; daftar yang benar diunduh.",
        "Struck off by two people; the corrected list is fetched.",
    )
    scene.say(second, words, "POST …/decide, …/approve, …/export")


def _sentence(one: dict[str, Any]) -> str:
    evidence = one["evidence"]
    told_by = f"{evidence['source']['label']} {evidence['told_by'] or ''}".strip()
    name, reason = one["subject"]["name"].title(), one["reason"]["label"].lower()
    return f"{name}: {one['kind']['label']}, {reason} ({told_by})"


# The list of the central scheme --------------------------------------------------------------------------


async def _find_whom_the_centre_struck_off(scene: Scene, office: Caller, second: Caller) -> None:
    earlier = await _send(scene, office, "pbi-lama.csv", (INSURED, STRUCK_OFF))
    body = {
        "region": _REGENCY,
        "program": "PBI_JK",
        "list_id": await _send(scene, office, "pbi-baru.csv", (INSURED,)),
        "against": _AGAINST,
        "others": [{"list_id": earlier, "program": "PBI_JK", "role": "earlier"}],
        "missing": ["earlier"],
    }
    words = (
        "Daftar PBI pusat dipotong: siapa yang hilang sejak daftar lama?",
        "The central list was cut: who is gone since the old one?",
    )
    found = await _reconciled(scene, office, body, words)
    # The ledger tells of many more whom the short list of the story lacks: each village looks at its own.
    path = f"{_PATH}/{found['reconciliation']}/findings"
    own = await office.get(f"{path}?kind=missing&reason=struck_off&village={_JATI}&limit=200")
    lost = next((one for one in own.body["items"] if one["subject"]["name"].title() == STRUCK_OFF.name), None)
    if lost is None:
        raise Broken("somebody else is missing")
    order = ", ".join(f"{one['name']} (sisa {one['left']})" for one in lost["fallback"])
    scene.tell.hear(f"Pengganti menurut kebijakan: {order}")
    path = f"{path}/{lost['id']}"
    choice = {"decision": "refer_fallback", "reason": "pbi_cut"}
    decided = await office.post(f"{path}/decide", choice, etag=f'"{lost["version"]}"', expect=200)
    if decided.body["program"] != "JKSS":
        raise Broken(f"proposed for {decided.body['program']}")
    agreed = await second.post(f"{path}/approve", {"agree": True}, etag=decided.etag, expect=200)
    words = ("Diusulkan ke kuota JKSS provinsi; disetujui.", "Proposed for the province's quota; agreed to.")
    scene.say(second, words, "POST …/approve", badge(agreed.body["state"]))


async def _take_over(scene: Scene, desk: Caller, office: Caller) -> None:
    words = ("Usulan menjadi rujukan.", "The proposal becomes a referral.")
    await scene.refer(office, words, aid("JKSS"))
    scheme = await scene.doors.system("sistem-jkss", "13", "sistem Dinkes Provinsi")
    words = ("Menerima.", "Accepts.")
    await scene.act(scheme, "JKSS", "accept", {}, words)
    words = ("Kepesertaan aktif lagi.", "She is insured again.")
    await scene.act(scheme, "JKSS", "start", {}, words)
    ending = {"outcome": "service_given", "told": scene.told("Rini Oktaviani", "phone")}
    words = ("Memberi tahu warga.", "Tells her.")
    await scene.step(desk, "resolve", ending, words, sent="service_given")


# ---------------------------------------------------------------------------------------------------------


async def _send(scene: Scene, office: Caller, name: str, listed: tuple[Role, ...]) -> str:
    """Send a list as an office has it: capitals, dates as here, a village's code."""
    rows = [
        ";".join(
            (
                nik_of(one, scene.run),
                one.name.upper(),
                f"{one.born_on:%d/%m/%Y}",
                one.sex.value,
                PUPIL.village.code if one is PUPIL else _JATI,
            )
        )
        for one in listed
    ]
    text = "\n".join(["NIK;Nama Lengkap;Tanggal Lahir;JK;Kode Desa", *rows, ""])
    sent = await office.send(f"/v1/lists?region={_REGENCY}", name, text.encode())
    return str(sent.body["id"])


async def _reconciled(scene: Scene, office: Caller, body: dict[str, Any], words: Words) -> dict[str, Any]:
    """Ask, wait for the worker, and return what was found."""
    asked = await office.post(_PATH, {**body, "purpose": "list_check"}, expect=202)
    path = f"{_PATH}/{asked.body['id']}"

    async def ended() -> bool:
        state = (await office.get(path)).body["job"]["state"]["code"]
        if state == "failed":
            raise Broken("the list could not be compared")
        return bool(state == "done")

    await until(ended)
    shown = (await office.get(path)).body
    counts = {name: count for name, count in shown["counts"].items() if count}
    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    scene.say(office, words, f"POST {_PATH} {body['program']}", Text(said))
    found = (await office.get(f"{path}/findings?limit=50")).body
    return {"reconciliation": asked.body["id"], "items": found["items"]}


SHOWN = Shown(
    ("Daftar JKSS dicocokkan, PBI pusat dipotong", "The JKSS list is reconciled, the central PBI cut"),
    "Kota Padang",
    STRUCK_OFF.name,
    _play,
    Expected("resolved", "service_given", (("JKSS", "fulfilled"),)),
)
