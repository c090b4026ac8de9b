"""A complaint that aid was short: up the programme's own ladder, and two people for the verdict."""

from app.demo.cast import RECIPIENT
from app.demo.story.callers import Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown

_REGENCY = "13.08"
_UPHELD = {"outcome": "complaint_upheld"}


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("lina", _REGENCY, "Puskesos Padang Mantinggi")
    body = {
        "kind": "PENGADUAN",
        "category": "PROGRAM_KURANG",
        "program": "PKH",
        "about": [{"kind": "program", "ref": "PKH"}],
        "tried": ["PENDAMPING_PKH"],
        "subject": scene.subject(RECIPIENT),
        "place": {"village": RECIPIENT.village.code, "address": RECIPIENT.address},
        "chronology": "PKH tahap ini diterima Rp150.000, seharusnya Rp225.000.",
        "current_aid": ["PKH"],
    }
    words = (
        "Mencatat pengaduan: PKH kurang Rp75.000; pendamping sudah ditanya.",
        "Records the complaint: PKH was Rp75,000 short; the assistant was asked.",
    )
    opened = await scene.open(desk, body, words)
    rungs = " → ".join(opened.body["routing"]["ladder"])
    scene.tell.hear(f"Jenjang pengaduan PKH yang tersisa: {rungs}.")
    await _find(scene)
    await _conclude(scene, desk)
    words = ("Kekurangan sudah masuk.", "The rest has come.")
    await scene.confirm([], 4, words)
    return await scene.ending(desk)


async def _find(scene: Scene) -> None:
    secretariat = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Meneruskan ke jenjang berikutnya: Dinsos.", "Passes it to the next rung: Dinsos.")
    rung = {"program": "PKH", "purpose": "COMPLAINT", "agency": "DINSOS"}
    await scene.refer(secretariat, words, rung)
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima; NIK tidak ikut terkirim.", "Accepts; her NIK was not disclosed.")
    await scene.act(office, "PKH", "accept", {}, words)
    body = {
        "extent": "full",
        "finding": "Agen memotong Rp75.000 sebagai biaya.",
        "answer": "Potongan dikembalikan; agen ditegur.",
    }
    words = (
        "Temuan: agen memotong Rp75.000. Jawaban: dikembalikan.",
        "Finding: the agent kept Rp75,000. Answer: paid back.",
    )
    await scene.act(office, "PKH", "fulfil", body, words, sent="finding, answer")


async def _conclude(scene: Scene, desk: Caller) -> None:
    words = ("Mencoba menutup pengaduan sendiri.", "Tries to close the complaint alone.")
    body = _UPHELD | {"told": scene.told("Lina Mardiana")}
    await scene.refused(desk, "resolve", body, words, "second_person_needed")
    proposal = {"recommendation": "resolve", "reason": "Temuan Dinsos jelas.", **_UPHELD}
    words = ("Mengusulkan: pengaduan terbukti.", "Proposes: the complaint is upheld.")
    await scene.step(desk, "propose", proposal, words, sent="complaint_upheld")
    approver = await scene.doors.officer("pemaraf", _REGENCY, "Sekretariat SLRT Pasaman")
    words = ("Orang kedua memutuskan.", "The second person decides.")
    body = _UPHELD | {"told": scene.told("Asrul Sani", "phone")}
    await scene.step(approver, "decide_resolve", body, words, sent="complaint_upheld")


SHOWN = Shown(
    ("Pengaduan: PKH dibayar kurang", "Complaint: a PKH payment was short"),
    "Kab. Pasaman",
    RECIPIENT.name,
    _play,
    Expected("closed", "complaint_upheld", (("PKH", "fulfilled"),)),
)
