"""Rules of programmes in the console: written, tried, checked by somebody else, published."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.api.deps import House
from app.console import rule_tree
from tests.support.office import REFUSED, STALE, a_clerk
from tests.support.registry import work_off

pytestmark = pytest.mark.commits
LEAF = {"fact": "person.age", "op": "ge", "value": 60}


def test_a_condition_is_put_in_and_taken_out_where_it_was_meant() -> None:
    tree = rule_tree.added(None, "", LEAF)
    assert tree == {"all": [LEAF]}
    nested = rule_tree.added(tree, "/criteria/all", LEAF, "any")
    assert nested == {"all": [LEAF, {"any": [LEAF]}]}
    deeper = rule_tree.added(nested, "/criteria/all/1/any", LEAF)
    assert deeper["all"][1] == {"any": [LEAF, LEAF]}
    assert rule_tree.removed(nested, "/criteria/all/1/any/0") == tree, "a group left empty goes too"
    for nowhere in ("", "/criteria", "/criteria/all/7", "/criteria/all/x", "x", "/criteria/any/0"):
        assert rule_tree.removed(tree, nowhere) == tree
    assert [one for one, _ in rule_tree.groups(nested)] == ["/criteria/all", "/criteria/all/1/any"]
    assert rule_tree.value_of("pair", ["1, 4"]) == [1, 4]
    assert rule_tree.value_of("one", ["true"]) is True


async def test_a_new_rule_is_written_tried_and_published_by_two(house: House) -> None:
    today = f"{datetime.now(UTC) + timedelta(hours=7):%Y-%m-%d}"
    async with a_clerk(house, "manajer@1374") as maker, a_clerk(house, "kadis@1374") as checker:
        program = "/konsol/program/BLT_KOTA"
        assert "Siapa yang berhak" in await maker.reads(program)
        answer = await maker.sends(f"{program}/langkah/draft", valid_from=today, source="Perwako 12/2026")
        to = answer.headers["Location"].partition("?")[0]
        editor = f"{to}/aturan"
        assert "Perbandingan" in await maker.reads(f"{editor}?fakta=person.age")
        etag = await maker.etag(editor)
        leaf = {
            "fact": "person.age",
            "op": "ge",
            "value": "60",
            "source": "Perwako 12/2026",
            "place": "/criteria/all",
        }
        shown = await maker.does(f"{editor}/tambah", etag=etag, **leaf)
        assert "Umur paling sedikit 60" in shown
        stale = await maker.sends(f"{editor}/tambah", etag=etag, **{**leaf, "value": "70"})
        assert stale.status_code == STALE
        assert 'value="70"' in stale.text
        clash = await maker.does(
            f"{editor}/tambah", etag=await maker.etag(editor), **{**leaf, "op": "le", "value": "17"}
        )
        assert "Yang masih menghalangi" in clash
        assert "tidak mungkin terpenuhi bersama" in clash, "each fault names its criterion"
        last = re.findall(r'name="pointer" value="([^"]+)"', clash)[-1]
        mended = await maker.does(f"{editor}/hapus", etag=await maker.etag(editor), pointer=last)
        assert "Tidak ada yang menghalangi" in mended
        assert (
            await maker.sends(f"{editor}/dokumen", etag=await maker.etag(editor), dokumen="{")
        ).status_code == REFUSED
        trial = await maker.sends(f"{to}/langkah/try", **{"from": "2026-01-01", "to": today})
        await work_off(house)
        assert "akan diarahkan ke tempat lain" in await maker.reads(trial.headers["Location"])
        await maker.does(f"{to}/langkah/check", etag=await maker.etag(editor))
        assert "Setelah terbit" not in await maker.reads(to), "whoever wrote it may not publish it"
        assert "Setelah terbit" in await checker.reads(to)
        await checker.does(f"{to}/langkah/publish", etag=await checker.etag(to))
        assert "terbit" in await maker.reads(program)


async def test_a_regency_changes_a_bound_and_a_programme_begins(house: House) -> None:
    today = f"{datetime.now(UTC) + timedelta(hours=7):%Y-%m-%d}"
    async with a_clerk(house, "manajer@1374") as maker, a_clerk(house, "kadis@1374") as checker:
        refused = await maker.sends("/konsol/program", code="x y", **{"name.id": "Air"})
        assert refused.status_code == REFUSED
        assert 'class="fault"' in refused.text
        new = {
            "code": "AIR_BERSIH", "agency": "DINSOS-1374", "level": "KAB_KOTA", "purposes": ["AID"],
            "name.id": "Air", "name.en": "Water", "version.valid_from": today,
            "version.sectors": ["SOSIAL_EKONOMI"], "version.categories": ["PERMOHONAN_BANSOS"],
            "version.source": "Perwako 1/2026",
            "version.benefit.summary.id": "Air", "version.benefit.summary.en": "Water",
        }  # fmt: skip
        assert "Penyunting syarat" in await maker.does("/konsol/program", **new)
        assert "AIR_BERSIH" in await maker.reads("/konsol/program")
        to = "/konsol/program/BLT_KOTA"
        own = {
            "valid_from": today,
            "source": "Perwako 3/2026",
            "contact.label": "Loket",
            "contact.value": "0752-123",
        }
        page = await maker.does(f"{to}/langkah/override", **own)
        found = re.search(r'name="override" value="([^"]+)"', await checker.reads(to))
        assert "Perwako 3/2026" in page
        assert found
        await checker.does(f"{to}/langkah/publish", override=found[1])
