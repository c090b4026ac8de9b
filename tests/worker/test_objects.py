"""What leaves the store: deleted files in time, uploads that nobody ends, orphans; and nothing else."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.queries.work import SWEEP_OBJECTS
from app.db.session import read_only, transaction
from app.db.tables.papers import Attachment, DeletedObject
from app.domain.attachments import object_key
from app.integrations.object_store import Folder
from app.worker.jobs.objects import sweep_objects
from app.worker.tools import Tools
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.files import a_photo, attached, send_part
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
HELD = claim_of(SWEEP_OBJECTS)


class Clock:
    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tools(house: House, clock: Clock) -> Tools:
    return make_tools(house.database, clock, house.settings.data_dir)


def files_in(house: House) -> set[str]:
    root = house.settings.data_dir / "objects"
    return {"/".join(one.parts[-3:]) for one in root.glob("*/*/*")}


def age(house: House, key: str, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(house.settings.data_dir / "objects" / key, (then, then))


async def sweep(house: House, tools: Tools) -> datetime | None:
    """Sweep once whoever was here has left an entry: by that a tenant is known to have anything."""
    await house.access_log.flush()
    return await sweep_objects(tools, HELD)


async def keys_named(house: House) -> set[str]:
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalars(select(Attachment.object_key).where(Attachment.state == "stored"))
        return {key for key in found if key}


async def test_a_deleted_file_leaves_after_thirty_days_and_not_before(
    login: LogIn, house: House, tools: Tools, clock: Clock
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    before = files_in(house)
    told = await attached(siti, desk.ticket, a_photo(shade=11))
    (key,) = files_in(house) - before
    gone = await siti.post(
        f"/v1/cases/{desk.ticket}/attachments/{told['id']}/delete", {"reason": "not_needed"}
    )
    assert gone.status_code == 200
    clock.at += timedelta(days=29)
    age(house, key, 29)
    await sweep(house, tools)
    assert key in files_in(house)
    clock.at += timedelta(days=2)
    due = await sweep(house, tools)
    assert key not in files_in(house)
    assert due > clock.at
    async with read_only(house.database.sessions) as tx:
        assert await tx.scalar(select(func.count()).select_from(DeletedObject)) == 0


async def test_an_orphan_is_swept_after_a_day_and_a_named_object_never(
    login: LogIn, house: House, tools: Tools
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    await attached(siti, desk.ticket, a_photo(shade=12))
    old, new = (object_key("13.74", house.ids.new_id(datetime.now(UTC))) for _ in range(2))
    for key in (old, new):
        await house.files.store.put(key, b"an object whose row never came")
    for key in files_in(house) - {new}:
        age(house, key, 40)
    await sweep(house, tools)
    left = files_in(house)
    assert old not in left
    assert new in left
    assert await keys_named(house) <= left
    content = await siti.get(f"/v1/cases/{desk.ticket}/attachments")
    for one in content.json()["items"]:
        got = await siti.get(f"/v1/cases/{desk.ticket}/attachments/{one['id']}/content")
        assert got.status_code == 200


async def test_an_upload_that_nobody_ends_is_given_up_and_its_parts_go(
    login: LogIn, house: House, tools: Tools, clock: Clock
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    path, photo = f"/v1/cases/{desk.ticket}/attachments", a_photo(1200, 900)
    begun = (await siti.post(f"{path}/uploads", {"bytes": len(photo)})).json()["id"]
    before = files_in(house)
    assert (await send_part(siti, desk.ticket, begun, 0, photo[:40_000])).status_code == 200
    (part,) = files_in(house) - before
    age(house, part, 1.5)
    clock.at += timedelta(days=1)
    await sweep(house, tools)
    assert part in files_in(house)
    clock.at += timedelta(days=2)
    await sweep(house, tools)
    assert part not in files_in(house)
    told = (await siti.get(f"{path}/{begun}")).json()
    assert (told["state"]["code"], told["refusal"]["code"]) == ("refused", "upload_abandoned")
    assert (await send_part(siti, desk.ticket, begun, 40_000, photo[40_000:])).status_code == 409


async def test_parts_go_once_they_are_joined(login: LogIn, house: House, tools: Tools, clock: Clock) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    path, photo = f"/v1/cases/{desk.ticket}/attachments", a_photo(1200, 900, shade=9)
    before = files_in(house)
    begun = (await siti.post(f"{path}/uploads", {"bytes": len(photo)})).json()["id"]
    await send_part(siti, desk.ticket, begun, 0, photo[:40_000])
    done = await send_part(siti, desk.ticket, begun, 40_000, photo[40_000:])
    assert done.json()["state"]["code"] == "stored"
    assert len(files_in(house) - before) == 3
    clock.at += timedelta(minutes=1)
    await sweep(house, tools)
    assert len(files_in(house) - before) == 1
    assert (await siti.get(f"{path}/{begun}/content")).status_code == 200


class Killed(BaseException):
    """Stands for the end of the worker."""


class Dying(Folder):
    """A store that takes its object away, and then the worker is killed."""

    async def delete(self, key: str) -> None:
        await super().delete(key)
        raise Killed


async def test_a_worker_that_is_killed_between_object_and_list_is_no_harm(
    login: LogIn, house: House, clock: Clock
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    told = await attached(siti, desk.ticket, a_photo(shade=13))
    await siti.post(f"/v1/cases/{desk.ticket}/attachments/{told['id']}/delete", {"reason": "duplicate"})
    tools = make_tools(house.database, clock, house.settings.data_dir)
    clock.at += timedelta(days=31)
    dying = replace(tools, objects=Dying(house.settings.data_dir / "objects"))
    with pytest.raises(Killed):
        await sweep_objects(dying, HELD)
    await sweep(house, tools)
    async with transaction(house.database.sessions) as tx:
        assert await tx.scalar(select(func.count()).select_from(DeletedObject)) == 0


async def test_stop_is_heard_between_tenants(house: House, clock: Clock) -> None:
    tools = make_tools(house.database, clock, house.settings.data_dir)
    tools.stop.set()
    assert await sweep(house, tools) <= clock.at + timedelta(hours=6)
