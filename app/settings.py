"""What an operator may set; nothing else reads the environment. Names have the prefix ``PUSKESOS_``."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PUSKESOS_", frozen=True, extra="ignore", secrets_dir=None)

    database_url: SecretStr | None = None
    """Any PostgreSQL 15 or newer, as the app's role. Without it the embedded PostgreSQL is started."""
    migrate_url: SecretStr | None = None
    """The same database as the owner's role; without it the app migrates and tamper protection is off."""
    data_dir: Path = Path(".puskesos")
    """Where the embedded database, the demo's keys and the copies of the seals lie."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    master_keys: SecretStr | None = None
    """``id:base64,id:base64``: 32 bytes each; the first seals, all open."""
    index_keys: SecretStr | None = None
    """Keys of the look-up digests, in the same form."""
    seal_key: SecretStr | None = None
    """Ed25519 private key (32 bytes, base64) that signs the hourly seals."""
    log_level: str = "INFO"
    pool_size: int = Field(default=10, ge=1, le=200)
    """Connections of the general pool of one process."""
    intake_pool_size: int = Field(default=6, ge=1, le=200)
    """Connections of the intake pool of one process; counted on top of ``pool_size``."""
    cors_origins: tuple[str, ...] = ()
    access_minutes: int = Field(default=15, ge=1, le=24 * 60)
    refresh_days: int = Field(default=30, ge=1, le=365)
    max_body_bytes: int = Field(default=1_000_000, ge=10_000)
    max_upload_bytes: int = Field(default=20_000_000, ge=100_000, le=100_000_000)
    """Of one file; the limit of all other bodies is ``max_body_bytes``."""
    max_list_bytes: int = Field(default=300_000_000, ge=100_000, le=2_000_000_000)
    """Of one list of persons (``POST /v1/lists``): a million rows of ten columns take about 150 MB."""
    upload_idle_seconds: float = Field(default=20, ge=0.1, le=300)
    """How long a file that is being sent may stand still."""
    object_store_url: str | None = None
    """``s3://bucket/prefix``: a bucket for attached files (extra ``s3``), not the folder ``objects``."""
    object_store_options: SecretStr | None = None
    """JSON of the bucket's endpoint, region, access_key_id and secret_access_key."""
    clamav: str | None = None
    """``host:port`` of a ClamAV daemon; when it is set and away no file is taken."""
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$", max_length=200)
    """What addresses on paper begin with: letters and their links. Without it: the request's own address."""
    requests_per_minute: int = Field(default=600, ge=1)
    """Per account, in each process, as all of these; filing is never dropped by them."""
    client_requests_per_minute: int = Field(default=1200, ge=1)
    """Per agency client, over all its tokens and keys."""
    slip_requests_per_minute: int = Field(default=120, ge=1)
    """Per slip of a resident, or link of a letter."""
    address_requests_per_minute: int = Field(default=1200, ge=1)
    """Per address, of requests without a token."""
    misses_per_minute: int = Field(default=60, ge=1)
    """Things that are asked for by an id and are not there, per account or address."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks whose ``X-Forwarded-For`` names the caller, for all limits by address."""
    webhook_loopback: bool = False
    """Let webhooks go to this machine, and over plain HTTP: for tests and demos, never where others may
    make endpoints."""
    smtp_url: SecretStr | None = None
    """``smtp://host:25``, ``smtp+starttls://user:password@host`` or ``smtps://user:password@host``."""
    mail_from: str = "Puskesos <puskesos@localhost>"
    """Whom mail to accounts comes from."""
    gateway_url: str | None = None
    """Where messages to residents are posted for WhatsApp or SMS; without it they show as unsent."""
    gateway_token: SecretStr | None = None
    """Sent to the gateway as a bearer token."""
    lapor_url: str | None = None
    """Where reports and answers for SP4N-LAPOR! are posted; without it they go as files."""
    lapor_key: SecretStr | None = None
    """Sent to that gateway as a bearer token."""
    oidc_issuer: str | None = Field(default=None, max_length=200)
    """Who signs people in besides us: an OpenID issuer, as it writes itself."""
    oidc_client_id: str | None = Field(default=None, max_length=200)
    """What the service is called there."""
    oidc_client_secret: SecretStr | None = None
    """None for a public client; PKCE is used in either case."""
    oidc_name: str | None = Field(default=None, max_length=60)
    """What the button says; without it the issuer's host."""
    oidc_returns: tuple[str, ...] = ()
    """Where frontends of their own have it send the browser back, besides the console."""
