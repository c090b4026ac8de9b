"""Registering a client to ask the registry: its keys, its purposes, and the most that it is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries import dci as stored
from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.tables.access import Client
from app.db.tables.dci import DciPartner
from app.domain.dci import FIELDS, thumbprint
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.others import DciPartnerSet
from app.domain.webhooks import url_fault
from app.integrations.message_keys import read_public

PURPOSES = "dci_purpose"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is wanted; it takes the place of what was set before."""

    keys: Sequence[str]
    """Public Ed25519 keys, each the ``x`` of a JWK."""
    purposes: Sequence[str]
    fields: Sequence[str]
    callback_url: str | None
    active: bool


async def get_partner(acting: Acting, client: Client) -> DciPartner:
    found = await stored.find_partner(acting.tx, client.regency_code, client.id)
    if found is None:
        raise NotFound
    return found


async def set_partner(acting: Acting, client: Client, wanted: Setting, *, loopback: bool) -> DciPartner:
    """Set what a locked client may ask; two keys at a time, so that it changes over without a gap.

    Raises:
        Conflict: the client acts for no agency.
        Invalid: a key, purpose or address that cannot be used.
    """
    if client.account_id is None:
        raise Conflict(
            code="no_agency", id="Klien ini bukan milik instansi.", en="This is no agency's client."
        )
    _check(acting, wanted, loopback=loopback)
    keys = [
        {"kid": thumbprint(public), "x": x} for x in wanted.keys if (public := read_public(x)) is not None
    ]
    found = await stored.find_partner(acting.tx, client.regency_code, client.id, for_update=True)
    if found is None:
        found = DciPartner(
            regency_code=client.regency_code,
            client_row_id=client.id,
            keys=keys,
            purposes=list(wanted.purposes),
            fields=[name for name in FIELDS if name in wanted.fields],
            callback_url=wanted.callback_url,
            active=wanted.active,
            version=1,
            created_at=acting.now,
            updated_at=acting.now,
        )
        await stored.add(acting.tx, found)
    else:
        found.keys, found.purposes = keys, list(wanted.purposes)
        found.fields = [name for name in FIELDS if name in wanted.fields]
        found.callback_url, found.active = wanted.callback_url, wanted.active
        found.version += 1
        found.updated_at = acting.now
    stream = events.OtherStream(client.regency_code, client.id, "client")
    happened = DciPartnerSet(thing_id=client.id, active=wanted.active)
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    return found


def _check(acting: Acting, wanted: Setting, *, loopback: bool) -> None:
    wrong = [
        _fault(f"/keys/{n}/x", "malformed", "Bukan kunci publik Ed25519.", "It is no Ed25519 public key.")
        for n, x in enumerate(wanted.keys)
        if read_public(x) is None
    ]
    wrong += [
        _fault(
            f"/purposes/{n}", "unknown_code", "Pilih tujuan dari daftar.", "Choose a purpose from the list."
        )
        for n, code in enumerate(wanted.purposes)
        if not acting.known.knows(PURPOSES, code)
    ]
    if wanted.callback_url is not None:
        fault = url_fault(wanted.callback_url, loopback=loopback)
        if fault is not None:
            wrong.append(
                _fault(
                    "/callback_url",
                    fault,
                    "Isi alamat https yang terbuka di internet.",
                    "Give an https address that is open to the internet.",
                )
            )
    if wrong:
        raise Invalid(fields=tuple(wrong))


def _fault(pointer: str, code: str, indonesian: str, english: str) -> FieldError:
    return FieldError(pointer, code, indonesian, english)
