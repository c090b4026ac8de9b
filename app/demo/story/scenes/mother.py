"""A mother with a toddler gets PKH: the whole way, from the desk to her own word."""

from uuid import uuid4

from app.demo.cast import MOTHER
from app.demo.story.callers import Body, Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, whole

_REGENCY = "13.08"
_INSTALMENT = 750_000


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("yanti", _REGENCY, "Puskesos Durian Tinggi")
    await _open(scene, desk)
    await _decide(scene, desk)
    await _deliver(scene)
    body = {"outcome": "aid_received", "told": scene.told("Yanti Marlina")}
    words = ("Memberi tahu ibu itu dan menuntaskan kasus.", "Tells the mother and resolves the case.")
    await scene.step(desk, "resolve", body, words, sent="aid_received")
    received = [{"program": "PKH", "amount_idr": _INSTALMENT}]
    words = (
        "Di rumah, dengan slipnya: ya, saya terima Rp750.000.",
        "At home, with her slip: yes, I received it.",
    )
    await scene.confirm(received, 5, words)
    return await scene.ending(desk)


async def _open(scene: Scene, desk: Caller) -> None:
    body = {
        "category": "PERMOHONAN_BANSOS",
        "subject": scene.subject(MOTHER),
        "place": {"village": MOTHER.village.code, "address": MOTHER.address},
        "chronology": "Ibu dengan balita, belum menerima PKH.",
        "facts": {"household.children_0_6": 1},
        "papers": ["KTP", "KK", "BUKTI_KOMPONEN"],
    }
    key = uuid4().hex
    opened = await scene.open(desk, body, ("Mencatat kasus satu kali.", "Records the case, once."), key=key)
    await scene.hear_programs(desk, "PKH", "SEMBAKO")
    again = await desk.post("/v1/cases", whole(body), key=key, expect=201)
    if again.body != opened.body:
        raise Broken("the same key gave another answer")
    words = (
        "Sinyal putus; mengirim ulang dengan kunci yang sama: jawaban yang sama, bukan kasus kedua.",
        "The link broke; sends again with the same key: the same answer, no second case.",
    )
    scene.say(desk, words, "POST /v1/cases, Idempotency-Key sama", None)
    await _ask_elsewhere(scene, body)


async def _ask_elsewhere(scene: Scene, body: Body) -> None:
    other = await scene.doors.officer("eli", _REGENCY, "Puskesos Koto Kaciak")
    elsewhere = whole({**body, "place": {"village": "13.08.04.2002"}})
    words = (
        "Ibu itu juga bertanya di meja lain. Meja itu tidak berhak atas kasusnya, tetapi tahu tiketnya.",
        "She also asks at another desk. It may not open her case, but learns the ticket.",
    )
    await scene.refused_case(other, elsewhere, words)


async def _decide(scene: Scene, desk: Caller) -> None:
    words = ("Memulai verifikasi.", "Begins the verification.")
    await scene.step(desk, "verify", {}, words)
    body = {"verdict": "confirmed", "method": "visit"}
    words = ("Berkunjung ke rumah: data benar.", "Visits her home: the data are right.")
    await scene.step(desk, "record_verification", body, words, sent="confirmed, visit")
    proposal = {"recommendation": "refer", "reason": "Desil 2, balita, belum PKH.", "programs": ["PKH"]}
    words = ("Mengusulkan PKH ke sekretariat.", "Proposes PKH to the secretariat.")
    await scene.step(desk, "propose", proposal, words, sent="PKH")
    approver = await scene.doors.officer("pemaraf", _REGENCY, "Sekretariat SLRT Pasaman")
    referral = {"program": "PKH", "purpose": "AID", "note": "Tahap berikutnya."}
    words = ("Menetapkan dan merujuk ke PKH.", "Decides, and refers her to PKH.")
    await scene.step(approver, "decide_refer", {"referrals": [referral]}, words, sent="PKH (AID)")


async def _deliver(scene: Scene) -> None:
    office = await scene.doors.officer("sekretariat", _REGENCY, "atas nama Kemensos")
    words = (
        "Kemensos belum punya akun: jawabannya dicatat dengan sumber, tanggal, dan surat.",
        "Kemensos has no account yet: its answer is recorded with source, date and paper.",
    )
    paper = {"on_behalf": scene.behalf("Surat Kemensos")}
    planned = await scene.act(office, "PKH", "accept", paper, words, sent="on_behalf")
    scene.tell.hear(f"Buku bantuan: {len(planned['lines'])} tahap direncanakan.")
    body = {
        **paper,
        "component": "child_0_6",
        "amount_idr": _INSTALMENT,
        "period": "2026-Q4",
        "date": scene.today,
        "proof": "Rekening KKS",
    }
    words = ("Tahap pertama masuk ke KKS.", "The first instalment reached her card.")
    given = await scene.act(office, "PKH", "deliver", body, words, sent="Rp750.000")
    states = [line["state"]["label"].lower() for line in given["lines"]]
    counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    scene.tell.hear(f"Buku bantuan: {counted}.")


SHOWN = Shown(
    ("Ibu dengan balita, desil 2, belum PKH", "A mother with a toddler, decile 2, not in PKH"),
    "Kab. Pasaman",
    MOTHER.name,
    _play,
    Expected("closed", "aid_received", (("PKH", "fulfilled"),)),
)
