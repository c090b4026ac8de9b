"""Bodies of log-in, accounts, clients and health."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, Instant, Localised, NameText, Out
from app.domain.access import Permission, Role
from app.domain.sign_in import LONGEST_SUBJECT

LoginText = Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$")]
PasswordText = Annotated[str, Field(min_length=12, max_length=128)]
RegionText = Annotated[str, Field(pattern=r"^(ID|[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?)$")]
PublicIdText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9a-f]{32}$")]


class TokenOut(Out):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the name of a kind of token
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = None
    scope: str | None = Field(default=None, description="What a client's token may do, where it is bounded.")


class OAuthError(Out):
    """RFC 6749, section 5.2: the one place where an error is not a problem document."""

    error: str
    error_description: str


class GrantOut(Out):
    id: str
    role: Role
    region: str | None
    agency: str | None
    desk_id: str | None
    valid_from: date
    valid_to: date | None = Field(description="The last day, inclusive.")


class GrantIn(In):
    role: Role
    region: RegionText | None = None
    agency: CodeText | None = None
    desk_id: PublicIdText | None = None
    valid_from: Day | None = Field(default=None, description="Today when left out.")
    valid_to: Day | None = Field(default=None, description="The last day, inclusive.")


EmailText = Annotated[
    str, Field(max_length=254, pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]
"""Of an account; ASCII only, since it stands in a header."""


class AccountIn(In):
    login: LoginText = Field(description="Without the tenant: `siti` becomes `siti@1374`.")
    name: NameText
    password: PasswordText
    email: EmailText | None = Field(default=None, description="Where mail about cases goes.")
    regency: RegionText | None = Field(default=None, description="The tenant; your own when left out.")
    grants: list[GrantIn] = Field(default_factory=list, max_length=20)


class AccountPatch(In):
    name: NameText | None = None
    email: EmailText | Literal[""] | None = Field(default=None, description="Empty: no mail any more.")
    active: bool | None = None
    password: PasswordText | None = None
    add_grants: list[GrantIn] = Field(default_factory=list, max_length=20)
    end_grants: list[PublicIdText] = Field(default_factory=list, max_length=20)


class AccountOut(Out):
    id: str
    login: str
    name: str
    kind: Literal["officer", "client"]
    email: str | None
    regency: str
    active: bool
    demo: bool
    sign_in: bool = Field(description="Whether it is tied to somebody at the outside sign-in issuer.")
    created_at: datetime
    grants: list[GrantOut]


class SignInIn(In):
    issuer: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^https?://[^\s?#]+$",
        description="As it writes itself in its tokens (`iss`); not needed where `subject` is null.",
    )
    subject: str | None = Field(
        max_length=LONGEST_SUBJECT,
        description="Who it is there (`sub`), not an e-mail address; null: nobody any more.",
    )


class SignInIssuerOut(Out):
    name: str | None = Field(description="What a button says; null: no outside issuer is set.")


class SignInStartIn(In):
    back: str | None = Field(
        default=None,
        max_length=300,
        description="Where the issuer sends the browser back: one of `PUSKESOS_OIDC_RETURNS`; left out, the "
        "console.",
    )


class SignInStartOut(Out):
    address: str = Field(description="Where the browser goes.")
    key: str = Field(description="Keep it with this browser, out of reach of others; `finish` asks for it.")
    expires_in: int = Field(description="Seconds.")


class SignInFinishIn(In):
    state: str = Field(max_length=200, description="As it came back in the address.")
    key: str = Field(max_length=200, description="Of the `start` that this browser went through.")
    code: str | None = Field(default=None, max_length=4096)
    iss: str | None = Field(default=None, max_length=300, description="If it came back in the address.")
    error: str | None = Field(default=None, max_length=200, description="If it came back in the address.")
    frontend: LoginText = Field(
        default="konsol",
        description="Your first-party client without its regency: `konsol`, not `konsol@1374`.",
    )


class ClientIn(In):
    client_id: LoginText = Field(description="Without the tenant: `baznas` becomes `baznas@1374`.")
    name: NameText
    agency: CodeText
    region: RegionText | None = Field(default=None, description="Where it acts for the agency.")
    regency: RegionText | None = Field(default=None, description="The tenant; your own when left out.")
    scopes: list[Permission] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="The most that its tokens and keys may do. Give as few as its work needs; left out, all "
        "that its role gives.",
    )


class ClientOut(Out):
    id: str
    client_id: str
    name: str
    regency: str
    first_party: bool
    scopes: list[Permission] | None = Field(description="The most that its tokens may do; null: no bound.")
    active: bool
    account_id: str | None
    created_at: datetime


class ClientSecretOut(ClientOut):
    client_secret: str = Field(description="Shown this once; only its digest is kept.")


class ServiceKeyIn(In):
    name: NameText = Field(description="Which machine, which use.")
    scopes: list[Permission] = Field(
        min_length=1, max_length=100, description="As few as the work needs; never more than the client's."
    )
    expires_at: Instant = Field(description="At most 366 days from now.")


class ServiceKeyOut(Out):
    id: str
    name: str
    begins: str = Field(description="The first characters, by which its owner knows it again.")
    scopes: list[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="Within an hour.")


class ServiceKeyMadeOut(ServiceKeyOut):
    key: str = Field(description="Shown this once; only its digest is kept.")


class ServiceKeysOut(Out):
    items: list[ServiceKeyOut] = Field(description="The newest first, at most 50.")


class MeGrant(Out):
    role: Role
    region: str | None
    region_name: str | None
    agency: str | None
    agency_name: Localised | None
    desk_id: str | None
    permissions: list[Permission]


class MeLimits(Out):
    requests_per_minute: int
    max_body_bytes: int
    max_upload_bytes: int
    page_limit: int
    idempotency_days: int
    access_token_seconds: int


class MeOut(Out):
    id: str
    login: str
    name: str
    kind: Literal["officer", "client"]
    regency: str
    grants: list[MeGrant]
    permissions: list[Permission] = Field(description="What you may do anywhere; where, the grants say.")
    regions: list[str]
    limits: MeLimits


class AliveOut(Out):
    status: Literal["alive"]


class ReadyOut(Out):
    status: Literal["ready", "degraded"] = Field(description="`degraded`: it answers, but a part is away.")
    migration: str
    tamper_protection: bool = Field(description="Whether the service's database role cannot alter its logs.")
    worker_lag_seconds: float = Field(description="How long the oldest work that is due has waited.")
    worker_seen_seconds: float | None = Field(description="Since a worker's last sign; null: there was none.")
    parts: dict[str, Literal["ok", "away"]]
    words: list[Localised] = Field(description="What the parts that are away mean for the work.")
