"""Who is named on a case: the only door to a RAHASIA case besides the office that handles it."""

from collections.abc import Sequence

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.readers import ReaderIn, ReaderOut
from app.api.tickets import read_ticket
from app.db.queries.readers import Reader
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import parse_public_id, public_id, tenant_digits
from app.services import readers

router = make_router("cases")

_READER = {
    "account": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "login": "uptd-ppa@1374",
    "name": "Petugas UPTD PPA",
}
_EXAMPLE = {"items": [_READER], "next": None, "count": None}


@router.get(
    "/v1/cases/{ticket}/readers",
    **operation("listReaders", may=Permission.CASE_NAME, answers=Listed[ReaderOut], example=_EXAMPLE),
)
async def list_readers(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[ReaderOut]:
    """List the accounts that are named on the case."""
    place = read_ticket(ticket)
    named = await readers.list_readers(acting_of(reading, tx), reading.sight, place.tenant, place.text)
    return _listed(place.tenant, named)


@router.post(
    "/v1/cases/{ticket}/readers",
    **operation(
        "nameReader",
        may=Permission.CASE_NAME,
        answers=Listed[ReaderOut],
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example={"account": _READER["account"]},
    ),
)
async def name_reader(ticket: str, body: ReaderIn, call: CallDep) -> Response:
    """Let one more account of the regency see the case; a receiver of a RAHASIA referral needs it."""
    place, reading = read_ticket(ticket), call.reading
    account = parse_public_id(body.account)
    if account is None or account.tenant != place.tenant:
        raise Invalid(
            fields=(
                FieldError(
                    "/account",
                    "unknown_account",
                    "Id ini bukan akun di kabupaten/kota kasus ini.",
                    "This id is no account of the case's regency.",
                ),
            )
        )

    async def work() -> Answer:
        acting = call.acting()
        named = await readers.name_reader(acting, reading.sight, place.tenant, place.text, account.id)
        return Answer(_listed(place.tenant, named))

    async def may_see() -> None:
        await readers.list_readers(call.acting(), reading.sight, place.tenant, place.text)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _listed(tenant: str, named: Sequence[Reader]) -> Listed[ReaderOut]:
    return Listed(
        items=[
            ReaderOut(
                account=public_id(tenant, one.account_id),
                login=f"{one.login}@{tenant_digits(tenant)}",
                name=one.name,
            )
            for one in named
        ]
    )
