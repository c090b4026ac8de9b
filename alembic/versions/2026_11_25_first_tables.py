"""First tables.

Revision: 0001
Follows: .
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.db.migrations import distribute

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFERENCE = ("agencies", "codes", "knowledge_versions", "programs", "regions", "program_versions")
TENANT = (
    "access_log",
    "accounts",
    "allotments",
    "attempts",
    "availabilities",
    "breaches",
    "cadres",
    "campaigns",
    "cases",
    "clients",
    "counted_cases",
    "data_keys",
    "dci_messages",
    "deleted_objects",
    "deliberations",
    "desks",
    "duty_shifts",
    "events",
    "feed",
    "feed_heads",
    "feed_pending",
    "figure_counts",
    "figure_cursors",
    "figure_groups",
    "holidays",
    "households",
    "idempotency_keys",
    "jobs",
    "letter_counters",
    "letter_templates",
    "list_profiles",
    "message_templates",
    "messages",
    "notices",
    "periodic_reports",
    "persons",
    "policies",
    "poverty_targets",
    "proposal_batches",
    "published_statistics",
    "reconciliations",
    "refresh_tokens",
    "regency_maps",
    "regency_settings",
    "registry_changes",
    "registry_diffs",
    "registry_entries",
    "registry_rows",
    "seals",
    "sessions",
    "sign_in_states",
    "streams",
    "sync_held",
    "sync_operations",
    "ticket_blocks",
    "webhook_deliveries",
    "webhooks",
    "work",
    "absences",
    "assignments",
    "attachments",
    "campaign_devices",
    "campaign_recipients",
    "campaign_selections",
    "campaign_slots",
    "case_abouts",
    "case_facts",
    "case_links",
    "case_readers",
    "case_texts",
    "clocks",
    "contacts",
    "data_requests",
    "dci_partners",
    "deaths",
    "deliberation_attendees",
    "deliberation_candidates",
    "deliberation_minutes",
    "deliberation_objections",
    "desk_officers",
    "duplicate_pairs",
    "escalations",
    "exports",
    "graduations",
    "grants",
    "household_members",
    "identity_conflicts",
    "letters",
    "list_files",
    "outside_references",
    "outside_sendings",
    "person_identifiers",
    "person_merges",
    "program_overrides",
    "reconciliation_findings",
    "reconciliation_rows",
    "referral_offers",
    "referrals",
    "reserved_tickets",
    "risk_assessments",
    "routing_records",
    "service_keys",
    "tasks",
    "visits",
    "allotment_places",
    "assistance_imports",
    "assistance_lines",
    "campaign_checkins",
    "campaign_lists",
    "dci_subscriptions",
    "graduation_reviews",
    "letter_links",
    "needs",
    "registry_snapshots",
    "assistance_import_rows",
    "pledges",
    "pledge_proofs",
)


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("ticket", sa.Text(collation="C"), nullable=True),
        sa.Column("result", sa.Text(collation="C"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "segment_id", "n", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_subject", "access_log", ["regency_code", "subject_id", "at"], unique=False)
    op.create_index(
        "ix_access_log_ticket",
        "access_log",
        ["regency_code", "ticket", "at"],
        unique=False,
        postgresql_where="ticket IS NOT NULL",
    )
    op.create_table(
        "accounts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("sign_in_digest", sa.LargeBinary(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('officer', 'client')", name=op.f("ck_accounts_kind_known")),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("regency_code", "login", name=op.f("uq_accounts_regency_code_login")),
        sa.UniqueConstraint(
            "regency_code", "sign_in_digest", name=op.f("uq_accounts_regency_code_sign_in_digest")
        ),
    )
    op.create_index(
        "ix_accounts_sign_in_digest",
        "accounts",
        ["sign_in_digest"],
        unique=False,
        postgresql_where=sa.text("sign_in_digest IS NOT NULL"),
    )
    op.create_table(
        "agencies",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Text(collation="C"), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(collation="C"), nullable=False),
        sa.Column("proxy_role", sa.Text(collation="C"), nullable=False),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trust", sa.Text(collation="C"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("answers IN ('direct', 'by_proxy')", name=op.f("ck_agencies_answers_known")),
        sa.CheckConstraint(
            "level IN ('DESA', 'KAB_KOTA', 'PROVINSI', 'PUSAT', 'SWASTA_CSR')",
            name=op.f("ck_agencies_level_known"),
        ),
        sa.CheckConstraint(
            "trust IN ('F', 'Fw', 'C', 'SEED', 'R', 'OURS')", name=op.f("ck_agencies_trust_known")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agencies")),
        info={"reference": True},
    )
    op.create_table(
        "allotments",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("component", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_allotments")),
        sa.UniqueConstraint(
            "regency_code",
            "program_code",
            "component",
            "period",
            name=op.f("uq_allotments_regency_code_program_code_component_period"),
        ),
    )
    op.create_table(
        "attempts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("bucket", sa.Text(collation="C"), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "bucket", "key_digest", name=op.f("pk_attempts")),
    )
    op.create_table(
        "availabilities",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'full', 'paused')", name=op.f("ck_availabilities_state_known")),
        sa.PrimaryKeyConstraint("regency_code", "program_code", name=op.f("pk_availabilities")),
    )
    op.create_table(
        "breaches",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("nature", sa.Text(collation="C"), nullable=False),
        sa.Column("data_kinds", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("persons_count", sa.Integer(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("authority_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_told_by", sa.Uuid(), nullable=True),
        sa.Column("authority_reference", sa.Text(), nullable=True),
        sa.Column("persons_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("persons_told_by", sa.Uuid(), nullable=True),
        sa.Column("persons_told_method", sa.Text(collation="C"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_breaches_state_known")),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_breaches")),
    )
    op.create_index(
        "ix_breaches_due",
        "breaches",
        ["regency_code", "due_at", "id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index("ix_breaches_found", "breaches", ["regency_code", "found_at", "id"], unique=False)
    op.create_table(
        "cadres",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pillar", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("appointed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_cadres")),
    )
    op.create_index("ix_cadres_pillar", "cadres", ["regency_code", "pillar", "area_code"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("funder_code", sa.Text(collation="C"), nullable=True),
        sa.Column("budget_source", sa.Text(collation="C"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("components", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("selection_n", sa.Integer(), nullable=False),
        sa.Column("return_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'selecting', 'selected', 'approved', 'distributing', 'reported', 'closed', 'cancelled')",
            name=op.f("ck_campaigns_state_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaigns")),
    )
    op.create_index("ix_campaigns_created", "campaigns", ["regency_code", "created_at", "id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.Text(collation="C"), nullable=False),
        sa.Column("pin_digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text(collation="C"), nullable=False),
        sa.Column("sector", sa.Text(collation="C"), nullable=True),
        sa.Column("ppks", sa.Text(collation="C"), nullable=True),
        sa.Column("service_pillar", sa.Text(collation="C"), nullable=True),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("priority", sa.Text(collation="C"), nullable=False),
        sa.Column("confidentiality", sa.Text(collation="C"), nullable=False),
        sa.Column("closed_to", sa.Text(collation="C"), nullable=True),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("previous_status", sa.Text(collation="C"), nullable=True),
        sa.Column("completion_from", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(collation="C"), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("away_desk_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_relation", sa.Text(collation="C"), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("current_aid", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("legal_basis", sa.Text(collation="C"), nullable=False),
        sa.Column("notice_version", sa.Text(collation="C"), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_step", sa.Text(collation="C"), nullable=True),
        sa.Column("routing_n", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(collation="C"), nullable=True),
        sa.Column("outcome_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_method", sa.Text(collation="C"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(collation="C"), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("reopened_count", sa.Integer(), nullable=False),
        sa.Column("disputed_count", sa.Integer(), nullable=False),
        sa.Column("bounce_count", sa.Integer(), nullable=False),
        sa.Column("void_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("duplicate_of", sa.Text(collation="C"), nullable=True),
        sa.Column("transferred_to", sa.Text(collation="C"), nullable=True),
        sa.Column("transferred_from", sa.Text(collation="C"), nullable=True),
        sa.Column("former_assignee_id", sa.Uuid(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_to", sa.Text(collation="C"), nullable=True),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "closed_to IN ('manager', 'head', 'inspectorate')", name=op.f("ck_cases_closed_to_known")
        ),
        sa.CheckConstraint(
            "confidentiality IN ('BIASA', 'TERBATAS', 'RAHASIA')", name=op.f("ck_cases_confidentiality_known")
        ),
        sa.CheckConstraint("holder IN ('desk', 'secretariat')", name=op.f("ck_cases_holder_known")),
        sa.CheckConstraint(
            "kind IN ('PERTANYAAN', 'SARAN', 'PENGADUAN', 'LAYANAN', 'INFORMASI', 'USULAN_DATA', 'DARURAT')",
            name=op.f("ck_cases_kind_known"),
        ),
        sa.CheckConstraint(
            "priority IN ('BIASA', 'MENDESAK', 'DARURAT')", name=op.f("ck_cases_priority_known")
        ),
        sa.CheckConstraint(
            "status IN ('registered', 'incomplete', 'verifying', 'handling', 'awaiting_decision', 'referred', 'resolved', 'closed', 'void')",
            name=op.f("ck_cases_status_known"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('person', 'household', 'place', 'unknown_person')",
            name=op.f("ck_cases_subject_kind_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_cases")),
        sa.UniqueConstraint("regency_code", "ticket", name=op.f("uq_cases_regency_code_ticket")),
    )
    op.create_index("ix_cases_assignee", "cases", ["assignee_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_cases_away",
        "cases",
        ["regency_code", "away_desk_id", "opened_at", "id"],
        unique=False,
        postgresql_where="away_desk_id IS NOT NULL",
    )
    op.create_index(
        "ix_cases_closed_to",
        "cases",
        ["regency_code", "closed_to", "opened_at", "id"],
        unique=False,
        postgresql_where="closed_to IS NOT NULL",
    )
    op.create_index(
        "ix_cases_district", "cases", ["regency_code", "district_code", "opened_at", "id"], unique=False
    )
    op.create_index(
        "ix_cases_due",
        "cases",
        ["regency_code", "due_at", "id"],
        unique=False,
        postgresql_where="due_at IS NOT NULL",
    )
    op.create_index(
        "ix_cases_escalated",
        "cases",
        ["regency_code", "escalated_at", "id"],
        unique=False,
        postgresql_where="escalated_at IS NOT NULL",
    )
    op.create_index(
        "ix_cases_household",
        "cases",
        ["regency_code", "household_id", "opened_at"],
        unique=False,
        postgresql_where="household_id IS NOT NULL",
    )
    op.create_index("ix_cases_person", "cases", ["regency_code", "person_id", "opened_at"], unique=False)
    op.create_index("ix_cases_regency", "cases", ["regency_code", "opened_at", "id"], unique=False)
    op.create_index("ix_cases_status", "cases", ["regency_code", "status", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_cases_village", "cases", ["regency_code", "village_code", "opened_at", "id"], unique=False
    )
    op.create_index(
        "uq_cases_transferred_from",
        "cases",
        ["regency_code", "transferred_from"],
        unique=True,
        postgresql_where="transferred_from IS NOT NULL",
    )
    op.create_table(
        "clients",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(), nullable=True),
        sa.Column("first_party", sa.Boolean(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_clients")),
        sa.UniqueConstraint("regency_code", "client_id", name=op.f("uq_clients_regency_code_client_id")),
    )
    op.create_table(
        "codes",
        sa.Column("set_name", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("attrs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("set_name", "code", name=op.f("pk_codes")),
        info={"reference": True},
    )
    op.create_table(
        "counted_cases",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "case_id", name=op.f("pk_counted_cases")),
    )
    op.create_table(
        "data_keys",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copy_of", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "dci_messages",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("message_digest", sa.LargeBinary(), nullable=False),
        sa.Column("transaction_digest", sa.LargeBinary(), nullable=False),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        sa.Column("items", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_boxed", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(collation="C"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('answered', 'asked', 'ready', 'delivered', 'failed')",
            name=op.f("ck_dci_messages_state_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_dci_messages")),
        sa.UniqueConstraint(
            "regency_code",
            "client_row_id",
            "message_digest",
            name=op.f("uq_dci_messages_regency_code_client_row_id_message_digest"),
        ),
    )
    op.create_index(
        "ix_dci_messages_due",
        "dci_messages",
        ["due_at", "regency_code"],
        unique=False,
        postgresql_where="due_at IS NOT NULL",
    )
    op.create_index("ix_dci_messages_made", "dci_messages", ["regency_code", "taken_at"], unique=False)
    op.create_index(
        "ix_dci_messages_transaction",
        "dci_messages",
        ["regency_code", "client_row_id", "transaction_digest"],
        unique=False,
    )
    op.create_table(
        "deleted_objects",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("object_key", sa.Text(collation="C"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "object_key", name=op.f("pk_deleted_objects")),
    )
    op.create_table(
        "deliberations",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_number", sa.Text(), nullable=True),
        sa.Column("invitation", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objections_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ratified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ratified_by", sa.Uuid(), nullable=True),
        sa.Column("decree", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('musdes', 'muskel', 'sptjm')", name=op.f("ck_deliberations_kind_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'convened', 'sitting', 'minuted', 'signed', 'published', 'reopened', 'ratified', 'cancelled')",
            name=op.f("ck_deliberations_state_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deliberations")),
    )
    op.create_index(
        "ix_deliberations_regency", "deliberations", ["regency_code", "starts_at", "id"], unique=False
    )
    op.create_index(
        "ix_deliberations_village",
        "deliberations",
        ["regency_code", "village_code", "starts_at", "id"],
        unique=False,
    )
    op.create_table(
        "desks",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("founding_rule", sa.Text(), nullable=False),
        sa.Column("budget_source", sa.Text(), nullable=False),
        sa.Column("budget_idr_per_year", sa.Integer(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("hours", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_desks")),
    )
    op.create_index("ix_desks_village", "desks", ["regency_code", "village_code"], unique=False)
    op.create_table(
        "duty_shifts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("cadre_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_duty_shifts")),
    )
    op.create_index("ix_duty_shifts_duty", "duty_shifts", ["regency_code", "duty", "starts_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('officer', 'client', 'resident', 'receiver', 'system')",
            name=op.f("ck_events_actor_kind_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "regency_code", "stream_id", "n", name=op.f("uq_events_regency_code_stream_id_n")
        ),
    )
    op.create_table(
        "feed",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "n", name=op.f("pk_feed")),
        sa.UniqueConstraint("regency_code", "event_id", name=op.f("uq_feed_regency_code_event_id")),
    )
    op.create_table(
        "feed_heads",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", name=op.f("pk_feed_heads")),
    )
    op.create_table(
        "feed_pending",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "event_id", name=op.f("pk_feed_pending")),
    )
    op.create_table(
        "figure_counts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("measure", sa.Text(collation="C"), nullable=False),
        sa.Column("dimension", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Text(collation="C"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "regency_code",
            "measure",
            "dimension",
            "month",
            "group_id",
            "value",
            name=op.f("pk_figure_counts"),
        ),
    )
    op.create_table(
        "figure_cursors",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", name=op.f("pk_figure_cursors")),
    )
    op.create_table(
        "figure_groups",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("confidentiality", sa.Text(collation="C"), nullable=False),
        sa.Column("closed_to", sa.Text(collation="C"), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("away_desk_id", sa.Uuid(), nullable=True),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=True),
        sa.Column("sent_district_code", sa.Text(collation="C"), nullable=True),
        sa.Column("sent_village_code", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_figure_groups")),
    )
    op.create_table(
        "holidays",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('public', 'cuti_bersama', 'regency')", name=op.f("ck_holidays_kind_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "on_date", name=op.f("pk_holidays")),
    )
    op.create_table(
        "households",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("kk_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kk_digest", sa.LargeBinary(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_households")),
        sa.UniqueConstraint("regency_code", "kk_digest", name=op.f("uq_households_regency_code_kk_digest")),
    )
    op.create_index(
        "ix_households_village", "households", ["regency_code", "village_code", "created_at"], unique=False
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "regency_code", "account_id", "route", "key", name=op.f("pk_idempotency_keys")
        ),
    )
    op.create_index(
        "ix_idempotency_keys_created", "idempotency_keys", ["regency_code", "created_at"], unique=False
    )
    op.create_table(
        "jobs",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("permission", sa.Text(collation="C"), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("input", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("position", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('try_program', 'registry_check', 'registry_commit', 'registry_diff', 'reconcile', 'assistance_import', 'campaign_select', 'export', 'audit_verify')",
            name=op.f("ck_jobs_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'stopped', 'done', 'failed')", name=op.f("ck_jobs_state_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_created", "jobs", ["regency_code", "created_at", "id"], unique=False)
    op.create_table(
        "knowledge_versions",
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_knowledge_versions")),
        info={"reference": True},
    )
    op.create_table(
        "letter_counters",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "year", name=op.f("pk_letter_counters")),
    )
    op.create_table(
        "letter_templates",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number_format", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_letter_templates")),
        sa.UniqueConstraint(
            "regency_code", "kind", "n", name=op.f("uq_letter_templates_regency_code_kind_n")
        ),
    )
    op.create_table(
        "list_profiles",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("columns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_list_profiles")),
        sa.UniqueConstraint("regency_code", "name", "n", name=op.f("uq_list_profiles_regency_code_name_n")),
    )
    op.create_table(
        "message_templates",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(collation="C"), nullable=False),
        sa.Column("audience", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint(
            "regency_code",
            "event",
            "audience",
            "channel",
            "language",
            name=op.f("uq_message_templates_regency_code_event_audience_channel_language"),
        ),
    )
    op.create_table(
        "messages",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(collation="C"), nullable=False),
        sa.Column("audience", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.Text(collation="C"), nullable=False),
        sa.Column("to_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'suppressed')", name=op.f("ck_messages_state_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "regency_code",
            "cause_id",
            "event",
            "to_kind",
            "to_id",
            "channel",
            name=op.f("uq_messages_regency_code_cause_id_event_to_kind_to_id_channel"),
        ),
    )
    op.create_index("ix_messages_case", "messages", ["regency_code", "case_id", "created_at"], unique=False)
    op.create_index("ix_messages_created", "messages", ["regency_code", "created_at", "id"], unique=False)
    op.create_index(
        "ix_messages_due",
        "messages",
        ["due_at", "regency_code"],
        unique=False,
        postgresql_where="settled_at IS NULL",
    )
    op.create_table(
        "notices",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("case_regency", sa.Text(collation="C"), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_account", "notices", ["regency_code", "account_id", "at", "id"], unique=False)
    op.create_table(
        "periodic_reports",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("about", sa.Text(collation="C"), nullable=False),
        sa.Column("about_name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("definitions", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('monthly', 'tally', 'agency', 'campaign', 'donor', 'annual')",
            name=op.f("ck_periodic_reports_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'signed', 'superseded')", name=op.f("ck_periodic_reports_state_known")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_periodic_reports_days_in_order")),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_periodic_reports")),
        sa.UniqueConstraint(
            "regency_code",
            "kind",
            "first_day",
            "last_day",
            "about",
            "n",
            name=op.f("uq_periodic_reports_regency_code_kind_first_day_last_day_about_n"),
        ),
    )
    op.create_index(
        "ix_periodic_reports_made", "periodic_reports", ["regency_code", "made_at", "id"], unique=False
    )
    op.create_table(
        "persons",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("nik_last4", sa.Text(collation="C"), nullable=True),
        sa.Column("kk_digest", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_digest", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(collation="C"), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("provisional_digest", sa.LargeBinary(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_persons")),
        sa.UniqueConstraint("regency_code", "nik_digest", name=op.f("uq_persons_regency_code_nik_digest")),
        sa.UniqueConstraint(
            "regency_code", "provisional_digest", name=op.f("uq_persons_regency_code_provisional_digest")
        ),
    )
    op.create_index("ix_persons_born", "persons", ["regency_code", "born_on", "village_code"], unique=False)
    op.create_index("ix_persons_household", "persons", ["regency_code", "household_id"], unique=False)
    op.create_index("ix_persons_kk", "persons", ["regency_code", "kk_digest"], unique=False)
    op.create_index(
        "ix_persons_merged",
        "persons",
        ["regency_code", "merged_into"],
        unique=False,
        postgresql_where="merged_into IS NOT NULL",
    )
    op.create_index("ix_persons_name", "persons", ["regency_code", "name_key", "born_on"], unique=False)
    op.create_index("ix_persons_nik_anywhere", "persons", ["nik_digest"], unique=False)
    op.create_index("ix_persons_phone", "persons", ["regency_code", "phone_digest"], unique=False)
    op.create_index(
        "ix_persons_village", "persons", ["regency_code", "village_code", "name_key"], unique=False
    )
    op.create_table(
        "policies",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=True),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column("priority", sa.Text(collation="C"), nullable=True),
        sa.Column("value", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trust", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint(
            "trust IN ('F', 'Fw', 'C', 'SEED', 'R', 'OURS')", name=op.f("ck_policies_trust_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_policies")),
    )
    op.create_table(
        "poverty_targets",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_poverty_targets")),
    )
    op.create_index(
        "ix_poverty_targets_year", "poverty_targets", ["regency_code", "year", "set_at"], unique=False
    )
    op.create_table(
        "programs",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Text(collation="C"), nullable=False),
        sa.Column("name_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("purposes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("implicit", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "level IN ('DESA', 'KAB_KOTA', 'PROVINSI', 'PUSAT', 'SWASTA_CSR')",
            name=op.f("ck_programs_level_known"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programs")),
        info={"reference": True},
    )
    op.create_table(
        "proposal_batches",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("cutoff_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('DRAF', 'MUSYAWARAH', 'BERITA_ACARA', 'DIUNGGAH', 'VERIFIKASI_DINSOS', 'DIKEMBALIKAN', 'FINALISASI', 'PENGESAHAN_KDH', 'TERKIRIM_PUSAT', 'DIPROSES', 'DITETAPKAN', 'DITOLAK', 'TIDAK_PADAN')",
            name=op.f("ck_proposal_batches_stage_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_proposal_batches")),
    )
    op.create_index(
        "ix_proposal_batches_regency", "proposal_batches", ["regency_code", "created_at", "id"], unique=False
    )
    op.create_table(
        "published_statistics",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Text(collation="C"), nullable=False),
        sa.Column("document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "month", name=op.f("pk_published_statistics")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("against", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("others", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("desil_at_most", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("registry_source", sa.Text(collation="C"), nullable=True),
        sa.Column("registry_period", sa.Text(collation="C"), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'ready', 'superseded')", name=op.f("ck_reconciliations_state_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_reconciliations")),
    )
    op.create_index(
        "ix_reconciliations_created", "reconciliations", ["regency_code", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_reconciliations_list",
        "reconciliations",
        ["regency_code", "list_id", "program_code"],
        unique=False,
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=True),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "token_digest", name=op.f("pk_refresh_tokens")),
    )
    op.create_index("ix_refresh_tokens_family", "refresh_tokens", ["regency_code", "family_id"], unique=False)
    op.create_table(
        "regency_maps",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("shapes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", name=op.f("pk_regency_maps")),
    )
    op.create_table(
        "regency_settings",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secretariat_name", sa.Text(), nullable=False),
        sa.Column("six_day_week", sa.Boolean(), nullable=False),
        sa.Column("inspectorate_account_id", sa.Uuid(), nullable=True),
        sa.Column("profile", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", name=op.f("pk_regency_settings")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_code", sa.Text(collation="C"), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
        info={"reference": True},
    )
    op.create_index(
        "ix_regions_former", "regions", ["code"], unique=False, postgresql_where="valid_to IS NOT NULL"
    )
    op.create_index("ix_regions_parent", "regions", ["parent_code", "code"], unique=False)
    op.create_index("ix_regions_search", "regions", ["search_name", "code"], unique=False)
    op.create_table(
        "registry_changes",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("against_id", sa.Uuid(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("desil_before", sa.Integer(), nullable=True),
        sa.Column("desil_after", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('new', 'dropped', 'desil')", name=op.f("ck_registry_changes_kind_known")
        ),
        sa.CheckConstraint(
            "reason IN ('first_listed', 'came_back', 'moved_in', 'not_listed', 'row_parked', 'deceased', 'moved_out', 'ranked_up', 'ranked_down', 'ranked_first', 'rank_lost')",
            name=op.f("ck_registry_changes_reason_known"),
        ),
        sa.PrimaryKeyConstraint(
            "regency_code", "snapshot_id", "against_id", "nik_digest", name=op.f("pk_registry_changes")
        ),
    )
    op.create_index(
        "ix_registry_changes_kind",
        "registry_changes",
        ["regency_code", "snapshot_id", "against_id", "kind", "nik_digest"],
        unique=False,
    )
    op.create_table(
        "registry_diffs",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("against_id", sa.Uuid(), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "snapshot_id", "against_id", name=op.f("pk_registry_diffs")),
    )
    op.create_table(
        "registry_entries",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("kk_digest", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("desil", sa.Integer(), nullable=True),
        sa.Column("programs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_registry_entries")),
    )
    op.create_index(
        "ix_registry_entries_kk",
        "registry_entries",
        ["regency_code", "kk_digest"],
        unique=False,
        postgresql_where="kk_digest IS NOT NULL",
    )
    op.create_index(
        "ix_registry_entries_name", "registry_entries", ["regency_code", "name_key", "born_on"], unique=False
    )
    op.create_index("ix_registry_entries_nik_anywhere", "registry_entries", ["nik_digest"], unique=False)
    op.create_table(
        "registry_rows",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(collation="C"), nullable=False),
        sa.Column("reasons", sa.Text(collation="C"), nullable=False),
        sa.Column("enters", sa.Boolean(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("kk_digest", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("desil", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("programs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('take', 'drop', 'correct')", name=op.f("ck_registry_rows_decision_known")
        ),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'corrected', 'parked', 'refused')",
            name=op.f("ck_registry_rows_verdict_known"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "snapshot_id", "n", name=op.f("pk_registry_rows")),
    )
    op.create_index(
        "ix_registry_rows_nik",
        "registry_rows",
        ["regency_code", "snapshot_id", "nik_digest", "n"],
        unique=False,
    )
    op.create_index(
        "ix_registry_rows_verdict",
        "registry_rows",
        ["regency_code", "snapshot_id", "verdict", "n"],
        unique=False,
        postgresql_where="verdict <> 'accepted'",
    )
    op.create_table(
        "seals",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed_n", sa.BigInteger(), nullable=False),
        sa.Column("heads", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("prev_digest", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(collation="C"), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "n", name=op.f("pk_seals")),
    )
    op.create_table(
        "sessions",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("client_row_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("regency_code", "token_digest", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account", "sessions", ["regency_code", "account_id"], unique=False)
    op.create_index("ix_sessions_family", "sessions", ["regency_code", "family_id"], unique=False)
    op.create_table(
        "sign_in_states",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "state_digest", name=op.f("pk_sign_in_states")),
    )
    op.create_table(
        "streams",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_streams")),
    )
    op.create_table(
        "sync_held",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.Text(collation="C"), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("told_in", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("gone_upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "regency_code", "account_id", "device_id", "case_id", name=op.f("pk_sync_held")
        ),
    )
    op.create_index("ix_sync_held_case", "sync_held", ["regency_code", "case_id"], unique=False)
    op.create_table(
        "sync_operations",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.Text(collation="C"), nullable=False),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "account_id", "operation", name=op.f("pk_sync_operations")),
    )
    op.create_index(
        "ix_sync_operations_case", "sync_operations", ["regency_code", "case_id", "kind"], unique=False
    )
    op.create_table(
        "ticket_blocks",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_ticket_blocks")),
    )
    op.create_index(
        "ix_ticket_blocks_device", "ticket_blocks", ["regency_code", "device_id", "reserved_at"], unique=False
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_regency", sa.Text(collation="C"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("feed_n", sa.BigInteger(), nullable=False),
        sa.Column("order_key", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(collation="C"), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'withheld')", name=op.f("ck_webhook_deliveries_state_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "webhook_id", "seq", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_made", "webhook_deliveries", ["regency_code", "created_at"], unique=False
    )
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["regency_code", "webhook_id", "order_key", "seq"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "webhooks",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("types", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("regencies", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("programs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("secret_boxed", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_boxed", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("stopped", sa.Text(collation="C"), nullable=True),
        sa.Column("position", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'disabled', 'removed')", name=op.f("ck_webhooks_state_known")
        ),
        sa.CheckConstraint(
            "stopped IN ('by_owner', 'gone', 'exhausted')", name=op.f("ck_webhooks_stopped_known")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_webhooks")),
    )
    op.create_index(
        "ix_webhooks_due",
        "webhooks",
        ["due_at", "regency_code"],
        unique=False,
        postgresql_where="due_at IS NOT NULL",
    )
    op.create_table(
        "work",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_work")),
        sa.UniqueConstraint("regency_code", "kind", "key", name=op.f("uq_work_regency_code_kind_key")),
    )
    op.create_index("ix_work_due", "work", ["due_at"], unique=False, postgresql_where="done_at IS NULL")
    op.create_table(
        "absences",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "account_id"],
            ["accounts.regency_code", "accounts.id"],
            name=op.f("fk_absences_regency_code_account_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_absences")),
    )
    op.create_index(
        "ix_absences_account", "absences", ["regency_code", "account_id", "from_on"], unique=False
    )
    op.create_table(
        "assignments",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("queue", sa.Text(collation="C"), nullable=True),
        sa.Column("instruction_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_assignments_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_account", "assignments", ["regency_code", "account_id", "at"], unique=False
    )
    op.create_index("ix_assignments_case", "assignments", ["regency_code", "case_id", "at"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("paper", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("refusal", sa.Text(collation="C"), nullable=True),
        sa.Column("media_type", sa.Text(collation="C"), nullable=True),
        sa.Column("declared_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("object_key", sa.Text(collation="C"), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('uploading', 'stored', 'refused', 'deleted')", name=op.f("ck_attachments_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_attachments_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_attachments")),
    )
    op.create_index(
        "ix_attachments_account", "attachments", ["regency_code", "created_by", "created_at"], unique=False
    )
    op.create_index(
        "ix_attachments_case", "attachments", ["regency_code", "case_id", "created_at"], unique=False
    )
    op.create_index("ix_attachments_object", "attachments", ["regency_code", "object_key"], unique=False)
    op.create_table(
        "campaign_devices",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("slots", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("key_boxed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_devices_regency_code_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_devices")),
    )
    op.create_index(
        "ix_campaign_devices_campaign",
        "campaign_devices",
        ["regency_code", "campaign_id", "id"],
        unique=False,
    )
    op.create_table(
        "campaign_recipients",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("routes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("weighed_n", sa.Integer(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("aid_count", sa.Integer(), nullable=False),
        sa.Column("lot", sa.Text(collation="C"), nullable=False),
        sa.Column("fits", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("basis_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("component", sa.Text(collation="C"), nullable=True),
        sa.Column("order_n", sa.Integer(), nullable=True),
        sa.Column("tie", sa.Text(collation="C"), nullable=True),
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('nominated', 'selected', 'reserve', 'passed_over', 'dropped', 'given', 'no_show')",
            name=op.f("ck_campaign_recipients_state_known"),
        ),
        sa.CheckConstraint(
            "tie IN ('fewer_aid', 'older', 'lot')", name=op.f("ck_campaign_recipients_tie_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_recipients_regency_code_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_campaign_recipients_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_recipients")),
        sa.UniqueConstraint(
            "regency_code",
            "campaign_id",
            "code",
            name=op.f("uq_campaign_recipients_regency_code_campaign_id_code"),
        ),
        sa.UniqueConstraint(
            "regency_code",
            "campaign_id",
            "person_id",
            name=op.f("uq_campaign_recipients_regency_code_campaign_id_person_id"),
        ),
    )
    op.create_index(
        "ix_campaign_recipients_order",
        "campaign_recipients",
        ["regency_code", "campaign_id", "order_n", "id"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_recipients_state",
        "campaign_recipients",
        ["regency_code", "campaign_id", "state", "id"],
        unique=False,
    )
    op.create_table(
        "campaign_selections",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("input", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("candidates_sha256", sa.Text(collation="C"), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_selections_regency_code_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_selections")),
        sa.UniqueConstraint(
            "regency_code", "campaign_id", "n", name=op.f("uq_campaign_selections_regency_code_campaign_id_n")
        ),
    )
    op.create_table(
        "campaign_slots",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("crew", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_slots_regency_code_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_slots")),
    )
    op.create_index(
        "ix_campaign_slots_time",
        "campaign_slots",
        ["regency_code", "campaign_id", "starts_at", "id"],
        unique=False,
    )
    op.create_table(
        "case_abouts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("ref", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('account', 'cadre', 'desk', 'village_office', 'agency', 'program', 'recipient', 'text')",
            name=op.f("ck_case_abouts_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_case_abouts_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "case_id", "n", name=op.f("pk_case_abouts")),
    )
    op.create_table(
        "case_facts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_case_facts_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_case_facts")),
    )
    op.create_table(
        "case_links",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_regency", sa.Text(collation="C"), nullable=False),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "relation IN ('duplicate', 'same_event', 'follow_up', 'spawned')",
            name=op.f("ck_case_links_relation_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_case_links_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_case_links")),
    )
    op.create_index("ix_case_links_case", "case_links", ["regency_code", "case_id", "at"], unique=False)
    op.create_index("ix_case_links_other", "case_links", ["regency_code", "other_case_id"], unique=False)
    op.create_table(
        "case_readers",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(collation="C"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("standing IN ('named', 'kept_out')", name=op.f("ck_case_readers_standing_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_case_readers_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "case_id", "account_id", name=op.f("pk_case_readers")),
    )
    op.create_index(
        "ix_case_readers_account",
        "case_readers",
        ["account_id", "standing", "opened_at", "case_id"],
        unique=False,
    )
    op.create_table(
        "case_texts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_case_texts_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_case_texts")),
    )
    op.create_index("ix_case_texts_case", "case_texts", ["regency_code", "case_id", "at"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(collation="C"), nullable=False),
        sa.Column("pausable", sa.Boolean(), nullable=False),
        sa.Column("policy_source", sa.Text(), nullable=False),
        sa.Column("entries", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("act_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'paused', 'stopped')", name=op.f("ck_clocks_state_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_clocks_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_clocks")),
    )
    op.create_index(
        "ix_clocks_act",
        "clocks",
        ["act_at", "regency_code"],
        unique=False,
        postgresql_where="act_at IS NOT NULL",
    )
    op.create_index(
        "ix_clocks_act_here",
        "clocks",
        ["regency_code", "act_at", "id"],
        unique=False,
        postgresql_where="act_at IS NOT NULL",
    )
    op.create_index("ix_clocks_case", "clocks", ["regency_code", "case_id"], unique=False)
    op.create_index(
        "ix_clocks_climbing",
        "clocks",
        ["regency_code", "id"],
        unique=False,
        postgresql_where="state = 'running' AND (acts > 1 OR act_at IS NULL)",
    )
    op.create_table(
        "contacts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("means", sa.Text(collation="C"), nullable=False),
        sa.Column("result", sa.Text(collation="C"), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_contacts_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_case", "contacts", ["regency_code", "case_id", "at"], unique=False)
    op.create_table(
        "data_requests",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("identity_method", sa.Text(collation="C"), nullable=False),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('copy', 'correct', 'freeze', 'erase', 'object', 'withdraw_consent')",
            name=op.f("ck_data_requests_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'granted', 'refused')", name=op.f("ck_data_requests_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_data_requests_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_data_requests")),
    )
    op.create_index(
        "ix_data_requests_due",
        "data_requests",
        ["regency_code", "due_at", "id"],
        unique=False,
        postgresql_where="state IN ('open', 'proposed')",
    )
    op.create_index(
        "ix_data_requests_in_force",
        "data_requests",
        ["regency_code", "person_id", "kind"],
        unique=False,
        postgresql_where="state = 'granted' AND lifted_at IS NULL AND kind IN ('freeze', 'object')",
    )
    op.create_index(
        "ix_data_requests_person", "data_requests", ["regency_code", "person_id", "taken_at"], unique=False
    )
    op.create_index(
        "ix_data_requests_taken", "data_requests", ["regency_code", "taken_at", "id"], unique=False
    )
    op.create_table(
        "dci_partners",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=False),
        sa.Column("keys", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("purposes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("fields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["regency_code", "client_row_id"],
            ["clients.regency_code", "clients.id"],
            name=op.f("fk_dci_partners_regency_code_client_row_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "client_row_id", name=op.f("pk_dci_partners")),
    )
    op.create_table(
        "deaths",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("ended", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_deaths_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deaths")),
    )
    op.create_index("ix_deaths_person", "deaths", ["regency_code", "person_id", "at"], unique=False)
    op.create_table(
        "deliberation_attendees",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliberation_id", sa.Uuid(), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "deliberation_id"],
            ["deliberations.regency_code", "deliberations.id"],
            name=op.f("fk_deliberation_attendees_regency_code_deliberation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deliberation_attendees")),
    )
    op.create_index(
        "ix_deliberation_attendees_session",
        "deliberation_attendees",
        ["regency_code", "deliberation_id", "sitting"],
        unique=False,
    )
    op.create_table(
        "deliberation_candidates",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliberation_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("quorum", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("conflicts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("minutes_n", sa.Integer(), nullable=True),
        sa.Column("objections_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("result_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('LAYAK', 'TIDAK_LAYAK', 'PERLU_SURVEI')",
            name=op.f("ck_deliberation_candidates_decision_known"),
        ),
        sa.CheckConstraint(
            "source IN ('case', 'gap', 'proposal', 'follow_up')",
            name=op.f("ck_deliberation_candidates_source_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('DRAF', 'MUSYAWARAH', 'BERITA_ACARA', 'DIUNGGAH', 'VERIFIKASI_DINSOS', 'DIKEMBALIKAN', 'FINALISASI', 'PENGESAHAN_KDH', 'TERKIRIM_PUSAT', 'DIPROSES', 'DITETAPKAN', 'DITOLAK', 'TIDAK_PADAN')",
            name=op.f("ck_deliberation_candidates_stage_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'reopened', 'carried', 'withdrawn')",
            name=op.f("ck_deliberation_candidates_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "deliberation_id"],
            ["deliberations.regency_code", "deliberations.id"],
            name=op.f("fk_deliberation_candidates_regency_code_deliberation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deliberation_candidates")),
        sa.UniqueConstraint(
            "regency_code",
            "deliberation_id",
            "n",
            name=op.f("uq_deliberation_candidates_regency_code_deliberation_id_n"),
        ),
    )
    op.create_index(
        "ix_deliberation_candidates_batch",
        "deliberation_candidates",
        ["regency_code", "batch_id"],
        unique=False,
    )
    op.create_index(
        "ix_deliberation_candidates_case",
        "deliberation_candidates",
        ["regency_code", "case_id"],
        unique=False,
    )
    op.create_index(
        "ix_deliberation_candidates_person",
        "deliberation_candidates",
        ["regency_code", "person_id"],
        unique=False,
    )
    op.create_table(
        "deliberation_minutes",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliberation_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scan_key", sa.Text(collation="C"), nullable=True),
        sa.Column("scan_media", sa.Text(collation="C"), nullable=True),
        sa.Column("scan_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("stored_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "deliberation_id"],
            ["deliberations.regency_code", "deliberations.id"],
            name=op.f("fk_deliberation_minutes_regency_code_deliberation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deliberation_minutes")),
        sa.UniqueConstraint(
            "regency_code",
            "deliberation_id",
            "n",
            name=op.f("uq_deliberation_minutes_regency_code_deliberation_id_n"),
        ),
    )
    op.create_index(
        "ix_deliberation_minutes_object", "deliberation_minutes", ["regency_code", "scan_key"], unique=False
    )
    op.create_table(
        "deliberation_objections",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliberation_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("objector_digest", sa.LargeBinary(), nullable=False),
        sa.Column("photo_key", sa.Text(collation="C"), nullable=True),
        sa.Column("photo_media", sa.Text(collation="C"), nullable=True),
        sa.Column("photo_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("escalated_to", sa.Text(collation="C"), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'not_upheld')", name=op.f("ck_deliberation_objections_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "deliberation_id"],
            ["deliberations.regency_code", "deliberations.id"],
            name=op.f("fk_deliberation_objections_regency_code_deliberation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_deliberation_objections")),
    )
    op.create_index(
        "ix_deliberation_objections_open",
        "deliberation_objections",
        ["regency_code", "due_at", "id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index(
        "ix_deliberation_objections_photo",
        "deliberation_objections",
        ["regency_code", "photo_key"],
        unique=False,
    )
    op.create_index(
        "ix_deliberation_objections_session",
        "deliberation_objections",
        ["regency_code", "deliberation_id", "filed_at"],
        unique=False,
    )
    op.create_table(
        "desk_officers",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("duties", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["regency_code", "desk_id"],
            ["desks.regency_code", "desks.id"],
            name=op.f("fk_desk_officers_regency_code_desk_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "desk_id", "account_id", name=op.f("pk_desk_officers")),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'linked', 'merged', 'dismissed')", name=op.f("ck_duplicate_pairs_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_duplicate_pairs_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "case_id", "other_case_id", name=op.f("pk_duplicate_pairs")),
    )
    op.create_index(
        "ix_duplicate_pairs_open",
        "duplicate_pairs",
        ["regency_code", "at", "case_id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "escalations",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(collation="C"), nullable=False),
        sa.Column("rung", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_escalations_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_escalations")),
    )
    op.create_index(
        "ix_escalations_account",
        "escalations",
        ["regency_code", "account_id", "at"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index("ix_escalations_case", "escalations", ["regency_code", "case_id", "at"], unique=False)
    op.create_table(
        "exports",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.Text(collation="C"), nullable=False),
        sa.Column("filter", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("full_nik", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("format IN ('csv', 'xlsx', 'ndjson')", name=op.f("ck_exports_format_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "data_key_id"],
            ["data_keys.regency_code", "data_keys.id"],
            name=op.f("fk_exports_regency_code_data_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "job_id"],
            ["jobs.regency_code", "jobs.id"],
            name=op.f("fk_exports_regency_code_job_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_exports")),
    )
    op.create_index(
        "ix_exports_account", "exports", ["regency_code", "account_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "graduations",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("income_before_idr", sa.Integer(), nullable=False),
        sa.Column("income_now_idr", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("suggestion", sa.Text(collation="C"), nullable=True),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("exits", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("stopped", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('graduate', 'continue', 'end')", name=op.f("ck_graduations_decision_known")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'graduated', 'ended')", name=op.f("ck_graduations_state_known")
        ),
        sa.CheckConstraint(
            "suggestion IN ('exit', 'continue', 'help')", name=op.f("ck_graduations_suggestion_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_graduations_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_graduations")),
    )
    op.create_index("ix_graduations_case", "graduations", ["regency_code", "case_id"], unique=False)
    op.create_index(
        "ix_graduations_decided",
        "graduations",
        ["regency_code", "decided_at"],
        unique=False,
        postgresql_where="state = 'graduated'",
    )
    op.create_index("ix_graduations_person", "graduations", ["regency_code", "person_id"], unique=False)
    op.create_index(
        "ix_graduations_review",
        "graduations",
        ["regency_code", "review_due_on"],
        unique=False,
        postgresql_where="state = 'active'",
    )
    op.create_index(
        "ix_graduations_started", "graduations", ["regency_code", "created_at", "id"], unique=False
    )
    op.create_table(
        "grants",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=True),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "account_id"],
            ["accounts.regency_code", "accounts.id"],
            name=op.f("fk_grants_regency_code_account_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_account", "grants", ["regency_code", "account_id"], unique=False)
    op.create_table(
        "household_members",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(collation="C"), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "household_id"],
            ["households.regency_code", "households.id"],
            name=op.f("fk_household_members_regency_code_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_household_members_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_household_members")),
    )
    op.create_index(
        "ix_household_members_home",
        "household_members",
        ["regency_code", "household_id", "from_on"],
        unique=False,
    )
    op.create_index(
        "ix_household_members_person",
        "household_members",
        ["regency_code", "person_id", "from_on"],
        unique=False,
    )
    op.create_table(
        "identity_conflicts",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("claim_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("claim_digest", sa.LargeBinary(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('nik_other_person', 'identifier_other_person', 'kk_other_village', 'kk_differs', 'kk_two_heads')",
            name=op.f("ck_identity_conflicts_kind_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'decided')", name=op.f("ck_identity_conflicts_state_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_identity_conflicts_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_identity_conflicts")),
        sa.UniqueConstraint(
            "regency_code",
            "person_id",
            "kind",
            "claim_digest",
            name=op.f("uq_identity_conflicts_regency_code_person_id_kind_claim_digest"),
        ),
    )
    op.create_index(
        "ix_identity_conflicts_open",
        "identity_conflicts",
        ["regency_code", "found_at", "id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index(
        "ix_identity_conflicts_person",
        "identity_conflicts",
        ["regency_code", "person_id", "found_at"],
        unique=False,
    )
    op.create_table(
        "letters",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("template_regency", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("return_note_id", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("initialled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("initialled_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'initialled', 'signed', 'revoked')", name=op.f("ck_letters_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_letters_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_letters")),
        sa.UniqueConstraint("regency_code", "code", name=op.f("uq_letters_regency_code_code")),
        sa.UniqueConstraint("regency_code", "year", "n", name=op.f("uq_letters_regency_code_year_n")),
    )
    op.create_index("ix_letters_case", "letters", ["regency_code", "case_id", "drafted_at"], unique=False)
    op.create_index(
        "ix_letters_state", "letters", ["regency_code", "state", "drafted_at", "id"], unique=False
    )
    op.create_table(
        "list_files",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("encoding", sa.Text(collation="C"), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("parts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('csv', 'xlsx')", name=op.f("ck_list_files_kind_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "data_key_id"],
            ["data_keys.regency_code", "data_keys.id"],
            name=op.f("fk_list_files_regency_code_data_key_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_list_files")),
    )
    op.create_index("ix_list_files_created", "list_files", ["regency_code", "created_at", "id"], unique=False)
    op.create_index(
        "uq_list_files_sha256",
        "list_files",
        ["regency_code", "sha256"],
        unique=True,
        postgresql_where="deleted_at IS NULL",
    )
    op.create_table(
        "outside_references",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("reference", sa.Text(collation="C"), nullable=False),
        sa.Column("system", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_outside_references_direction_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_outside_references_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "reference", "system", name=op.f("pk_outside_references")),
    )
    op.create_index(
        "ix_outside_references_case", "outside_references", ["regency_code", "case_id"], unique=False
    )
    op.create_table(
        "outside_sendings",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint("kind IN ('report', 'answer')", name=op.f("ck_outside_sendings_kind_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed')", name=op.f("ck_outside_sendings_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_outside_sendings_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_outside_sendings")),
    )
    op.create_index(
        "ix_outside_sendings_case",
        "outside_sendings",
        ["regency_code", "case_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "person_identifiers",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("last4", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_person_identifiers_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_person_identifiers")),
    )
    op.create_index(
        "ix_person_identifiers_person",
        "person_identifiers",
        ["regency_code", "person_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_person_identifiers_digest",
        "person_identifiers",
        ["regency_code", "kind", "digest"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "person_merges",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("moved", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("left", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_person_merges_kind_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "person_id"],
            ["persons.regency_code", "persons.id"],
            name=op.f("fk_person_merges_regency_code_person_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_person_merges")),
    )
    op.create_index(
        "ix_person_merges_other", "person_merges", ["regency_code", "other_id", "at"], unique=False
    )
    op.create_index(
        "ix_person_merges_person", "person_merges", ["regency_code", "person_id", "at"], unique=False
    )
    op.create_table(
        "program_overrides",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'retired')", name=op.f("ck_program_overrides_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["program_code"], ["programs.code"], name=op.f("fk_program_overrides_program_code")
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_program_overrides")),
        sa.UniqueConstraint(
            "regency_code", "program_code", "n", name=op.f("uq_program_overrides_regency_code_program_code_n")
        ),
    )
    op.create_table(
        "program_versions",
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("makers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(collation="C"), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("published_by", sa.Text(collation="C"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.Text(collation="C"), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'checking', 'published', 'retired', 'withdrawn')",
            name=op.f("ck_program_versions_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["program_code"], ["programs.code"], name=op.f("fk_program_versions_program_code")
        ),
        sa.PrimaryKeyConstraint("program_code", "n", name=op.f("pk_program_versions")),
        info={"reference": True},
    )
    op.create_table(
        "reconciliation_findings",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("list_no", sa.Integer(), nullable=True),
        sa.Column("row_n", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=True),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("subject_tenant", sa.Text(collation="C"), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_version", sa.Integer(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("decision_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("other_program", sa.Text(collation="C"), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('remove', 'keep', 'correct_nik', 'refer_other', 'refer_fallback', 'same_person', 'other_person', 'add', 'leave_off')",
            name=op.f("ck_reconciliation_findings_decision_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('unreadable', 'not_padan', 'deceased', 'moved', 'double_funded', 'duplicate', 'probable', 'unlisted', 'missing')",
            name=op.f("ck_reconciliation_findings_kind_known"),
        ),
        sa.CheckConstraint(
            "source IN ('registry', 'person', 'ledger', 'list', 'case')",
            name=op.f("ck_reconciliation_findings_source_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'awaiting', 'decided', 'withdrawn')",
            name=op.f("ck_reconciliation_findings_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "reconciliation_id"],
            ["reconciliations.regency_code", "reconciliations.id"],
            name=op.f("fk_reconciliation_findings_regency_code_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_reconciliation_findings")),
        sa.UniqueConstraint(
            "regency_code",
            "reconciliation_id",
            "list_no",
            "row_n",
            "kind",
            name=op.f("uq_reconciliation_findings_regency_code_reconciliation_id_list_no_row_n_kind"),
        ),
    )
    op.create_index(
        "ix_reconciliation_findings_batch",
        "reconciliation_findings",
        ["regency_code", "reconciliation_id", "batch_id"],
        unique=False,
    )
    op.create_index(
        "ix_reconciliation_findings_fallback",
        "reconciliation_findings",
        ["regency_code", "other_program"],
        unique=False,
        postgresql_where="decision = 'refer_fallback'",
    )
    op.create_index(
        "ix_reconciliation_findings_work",
        "reconciliation_findings",
        ["regency_code", "reconciliation_id", "kind", "village_code", "id"],
        unique=False,
    )
    op.create_table(
        "reconciliation_rows",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("list_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("nik_last4", sa.Text(collation="C"), nullable=True),
        sa.Column("kk_digest", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(collation="C"), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("says", sa.Text(collation="C"), nullable=True),
        sa.Column("refused", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "reconciliation_id"],
            ["reconciliations.regency_code", "reconciliations.id"],
            name=op.f("fk_reconciliation_rows_regency_code_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "regency_code", "reconciliation_id", "list_no", "n", name=op.f("pk_reconciliation_rows")
        ),
    )
    op.create_index(
        "ix_reconciliation_rows_nik",
        "reconciliation_rows",
        ["regency_code", "reconciliation_id", "list_no", "nik_digest", "n"],
        unique=False,
    )
    op.create_table(
        "referral_offers",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("fallback_of", sa.Uuid(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("disclosed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'dropped')", name=op.f("ck_referral_offers_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_referral_offers_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_referral_offers")),
    )
    op.create_index(
        "ix_referral_offers_case", "referral_offers", ["regency_code", "case_id", "at"], unique=False
    )
    op.create_table(
        "referrals",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("program_version", sa.Integer(), nullable=True),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("sub_status", sa.Text(collation="C"), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("disclosed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("fallback_of", sa.Uuid(), nullable=True),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("missing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("right_body", sa.Text(collation="C"), nullable=True),
        sa.Column("fulfilled_as", sa.Text(collation="C"), nullable=True),
        sa.Column("waitlist_position", sa.Integer(), nullable=True),
        sa.Column("place_offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "submitted_external", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "recorded_on_behalf", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('AID', 'COMPLAINT', 'INFORMATION', 'REGISTRY')",
            name=op.f("ck_referrals_purpose_known"),
        ),
        sa.CheckConstraint(
            "status IN ('sent', 'accepted', 'returned', 'waitlisted', 'in_service', 'refused', 'not_ours', 'expired', 'fulfilled', 'unfulfilled', 'revoked')",
            name=op.f("ck_referrals_status_known"),
        ),
        sa.ForeignKeyConstraint(["agency_code"], ["agencies.code"], name=op.f("fk_referrals_agency_code")),
        sa.ForeignKeyConstraint(["program_code"], ["programs.code"], name=op.f("fk_referrals_program_code")),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_referrals_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_referrals")),
    )
    op.create_index(
        "ix_referrals_agency_reference",
        "referrals",
        ["agency_code", "external_ref"],
        unique=False,
        postgresql_where="external_ref IS NOT NULL",
    )
    op.create_index("ix_referrals_case", "referrals", ["regency_code", "case_id"], unique=False)
    op.create_index("ix_referrals_inbox", "referrals", ["agency_code", "sent_at", "id"], unique=False)
    op.create_index("ix_referrals_person", "referrals", ["regency_code", "person_id"], unique=False)
    op.create_index("ix_referrals_regency", "referrals", ["regency_code", "sent_at", "id"], unique=False)
    op.create_index(
        "ix_referrals_waiting",
        "referrals",
        ["regency_code", "program_code", "waitlist_position", "accepted_at", "id"],
        unique=False,
        postgresql_where="status = 'waitlisted' AND purpose = 'AID'",
    )
    op.create_table(
        "reserved_tickets",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("ticket", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("pin_digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "block_id"],
            ["ticket_blocks.regency_code", "ticket_blocks.id"],
            name=op.f("fk_reserved_tickets_regency_code_block_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "ticket", name=op.f("pk_reserved_tickets")),
        sa.UniqueConstraint("regency_code", "id", name=op.f("uq_reserved_tickets_regency_code_id")),
    )
    op.create_index(
        "ix_reserved_tickets_block", "reserved_tickets", ["regency_code", "block_id"], unique=False
    )
    op.create_table(
        "risk_assessments",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("level", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_risk_assessments_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_risk_assessments")),
    )
    op.create_index(
        "ix_risk_assessments_case", "risk_assessments", ["regency_code", "case_id", "at"], unique=False
    )
    op.create_table(
        "routing_records",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("engine_version", sa.Text(collation="C"), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("versions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_routing_records_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_routing_records")),
        sa.UniqueConstraint(
            "regency_code", "case_id", "n", name=op.f("uq_routing_records_regency_code_case_id_n")
        ),
    )
    op.create_table(
        "service_keys",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "client_row_id"],
            ["clients.regency_code", "clients.id"],
            name=op.f("fk_service_keys_regency_code_client_row_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_service_keys")),
        sa.UniqueConstraint(
            "regency_code", "key_digest", name=op.f("uq_service_keys_regency_code_key_digest")
        ),
    )
    op.create_index("ix_service_keys_client", "service_keys", ["regency_code", "client_row_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_tasks_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_assignee",
        "tasks",
        ["regency_code", "assignee_id", "created_at"],
        unique=False,
        postgresql_where="done_at IS NULL",
    )
    op.create_index("ix_tasks_case", "tasks", ["regency_code", "case_id", "created_at"], unique=False)
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["regency_code", "created_at", "id"],
        unique=False,
        postgresql_where="done_at IS NULL",
    )
    op.create_table(
        "visits",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=True),
        sa.Column("cadre_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(collation="C"), nullable=True),
        sa.Column("findings_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cancel_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'done', 'cancelled')", name=op.f("ck_visits_state_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_visits_regency_code_case_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_case", "visits", ["regency_code", "case_id", "planned_for"], unique=False)
    op.create_index("ix_visits_day", "visits", ["regency_code", "planned_for", "id"], unique=False)
    op.create_index(
        "ix_visits_visitor", "visits", ["regency_code", "visitor_id", "planned_for"], unique=False
    )
    op.create_table(
        "allotment_places",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("allotment_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["regency_code", "allotment_id"],
            ["allotments.regency_code", "allotments.id"],
            name=op.f("fk_allotment_places_regency_code_allotment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "referral_id"],
            ["referrals.regency_code", "referrals.id"],
            name=op.f("fk_allotment_places_regency_code_referral_id"),
        ),
        sa.PrimaryKeyConstraint(
            "regency_code", "referral_id", "allotment_id", name=op.f("pk_allotment_places")
        ),
    )
    op.create_index(
        "ix_allotment_places_allotment", "allotment_places", ["regency_code", "allotment_id"], unique=False
    )
    op.create_table(
        "assistance_imports",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("component", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_idr", sa.Integer(), nullable=True),
        sa.Column("goods", sa.Text(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("funder", sa.Text(collation="C"), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'given')", name=op.f("ck_assistance_imports_state_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "list_id"],
            ["list_files.regency_code", "list_files.id"],
            name=op.f("fk_assistance_imports_regency_code_list_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_assistance_imports")),
    )
    op.create_index(
        "ix_assistance_imports_created",
        "assistance_imports",
        ["regency_code", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "assistance_lines",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("program_code", sa.Text(collation="C"), nullable=False),
        sa.Column("component", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_idr", sa.Integer(), nullable=True),
        sa.Column("planned_idr", sa.Integer(), nullable=True),
        sa.Column("goods", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(collation="C"), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("funder", sa.Text(collation="C"), nullable=True),
        sa.Column("once_key", sa.Text(collation="C"), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('case', 'import', 'campaign', 'pledge', 'manual')",
            name=op.f("ck_assistance_lines_source_known"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'given', 'stopped', 'reversed')",
            name=op.f("ck_assistance_lines_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "referral_id"],
            ["referrals.regency_code", "referrals.id"],
            name=op.f("fk_assistance_lines_regency_code_referral_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_assistance_lines")),
        sa.UniqueConstraint(
            "regency_code", "once_key", name=op.f("uq_assistance_lines_regency_code_once_key")
        ),
        sa.UniqueConstraint(
            "regency_code", "reverses", name=op.f("uq_assistance_lines_regency_code_reverses")
        ),
    )
    op.create_index("ix_assistance_lines_case", "assistance_lines", ["regency_code", "case_id"], unique=False)
    op.create_index(
        "ix_assistance_lines_household",
        "assistance_lines",
        ["regency_code", "household_id"],
        unique=False,
        postgresql_where="household_id IS NOT NULL",
    )
    op.create_index("ix_assistance_lines_nik_anywhere", "assistance_lines", ["nik_digest"], unique=False)
    op.create_index(
        "ix_assistance_lines_person",
        "assistance_lines",
        ["regency_code", "person_id", "program_code"],
        unique=False,
    )
    op.create_table(
        "campaign_checkins",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(collation="C"), nullable=False),
        sa.Column("content_sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("verdict", sa.Text(collation="C"), nullable=False),
        sa.Column("refusal", sa.Text(collation="C"), nullable=True),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("proxy_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("proof", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("finding", sa.Text(collation="C"), nullable=True),
        sa.Column("decision", sa.Text(collation="C"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("finding IN ('open', 'decided')", name=op.f("ck_campaign_checkins_finding_known")),
        sa.CheckConstraint(
            "outcome IN ('given', 'turned_away')", name=op.f("ck_campaign_checkins_outcome_known")
        ),
        sa.CheckConstraint(
            "verdict IN ('given', 'duplicate', 'noted', 'refused')",
            name=op.f("ck_campaign_checkins_verdict_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_checkins_regency_code_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "recipient_id"],
            ["campaign_recipients.regency_code", "campaign_recipients.id"],
            name=op.f("fk_campaign_checkins_regency_code_recipient_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_checkins")),
        sa.UniqueConstraint(
            "regency_code",
            "campaign_id",
            "device_id",
            "client_id",
            name=op.f("uq_campaign_checkins_regency_code_campaign_id_device_id_client_id"),
        ),
    )
    op.create_index(
        "ix_campaign_checkins_campaign",
        "campaign_checkins",
        ["regency_code", "campaign_id", "arrived_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_campaign_checkins_given",
        "campaign_checkins",
        ["regency_code", "recipient_id"],
        unique=True,
        postgresql_where="verdict = 'given'",
    )
    op.create_table(
        "campaign_lists",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.Text(collation="C"), nullable=False),
        sa.Column("recipients", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_campaign_lists_regency_code_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "device_id"],
            ["campaign_devices.regency_code", "campaign_devices.id"],
            name=op.f("fk_campaign_lists_regency_code_device_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_campaign_lists")),
    )
    op.create_table(
        "dci_subscriptions",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("basis", sa.Text(collation="C"), nullable=False),
        sa.Column("told_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "client_row_id"],
            ["dci_partners.regency_code", "dci_partners.client_row_id"],
            name=op.f("fk_dci_subscriptions_regency_code_client_row_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_dci_subscriptions")),
    )
    op.create_index(
        "ix_dci_subscriptions_live",
        "dci_subscriptions",
        ["regency_code", "checked_at"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "uq_dci_subscriptions_live",
        "dci_subscriptions",
        ["regency_code", "client_row_id", "nik_digest", "purpose"],
        unique=True,
        postgresql_where="ended_at IS NULL AND nik_digest IS NOT NULL",
    )
    op.create_table(
        "graduation_reviews",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduation_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("income_idr", sa.Integer(), nullable=False),
        sa.Column("suggestion", sa.Text(collation="C"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "suggestion IN ('exit', 'continue', 'help')", name=op.f("ck_graduation_reviews_suggestion_known")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "graduation_id"],
            ["graduations.regency_code", "graduations.id"],
            name=op.f("fk_graduation_reviews_regency_code_graduation_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_graduation_reviews")),
    )
    op.create_index(
        "ix_graduation_reviews_of", "graduation_reviews", ["regency_code", "graduation_id", "n"], unique=False
    )
    op.create_table(
        "letter_links",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["regency_code", "letter_id"],
            ["letters.regency_code", "letters.id"],
            name=op.f("fk_letter_links_regency_code_letter_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_letter_links")),
        sa.UniqueConstraint(
            "regency_code", "token_digest", name=op.f("uq_letter_links_regency_code_token_digest")
        ),
    )
    op.create_index("ix_letter_links_letter", "letter_links", ["regency_code", "letter_id"], unique=False)
    op.create_table(
        "needs",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("component", sa.Text(collation="C"), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("unit", sa.Text(collation="C"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("estimated_idr", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("shown_region", sa.Text(collation="C"), nullable=False),
        sa.Column("shown_age", sa.Text(collation="C"), nullable=True),
        sa.Column("shown_ppks", sa.Text(collation="C"), nullable=True),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('case', 'campaign', 'product')", name=op.f("ck_needs_source_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'reserved', 'fulfilled', 'withdrawn')",
            name=op.f("ck_needs_state_known"),
        ),
        sa.CheckConstraint(
            "0 <= given AND given <= held AND held <= quantity", name=op.f("ck_needs_counts_fit")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "campaign_id"],
            ["campaigns.regency_code", "campaigns.id"],
            name=op.f("fk_needs_regency_code_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "case_id"],
            ["cases.regency_code", "cases.id"],
            name=op.f("fk_needs_regency_code_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "referral_id"],
            ["referrals.regency_code", "referrals.id"],
            name=op.f("fk_needs_regency_code_referral_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_needs")),
        sa.UniqueConstraint("regency_code", "referral_id", name=op.f("uq_needs_regency_code_referral_id")),
    )
    op.create_index("ix_needs_case", "needs", ["regency_code", "case_id"], unique=False)
    op.create_index("ix_needs_listed", "needs", ["regency_code", "listed_at", "id"], unique=False)
    op.create_table(
        "registry_snapshots",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("decree", sa.Text(), nullable=True),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("columns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'checked', 'committing', 'committed', 'withdrawn')",
            name=op.f("ck_registry_snapshots_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "data_key_id"],
            ["data_keys.regency_code", "data_keys.id"],
            name=op.f("fk_registry_snapshots_regency_code_data_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "list_id"],
            ["list_files.regency_code", "list_files.id"],
            name=op.f("fk_registry_snapshots_regency_code_list_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_registry_snapshots")),
    )
    op.create_index(
        "ix_registry_snapshots_created",
        "registry_snapshots",
        ["regency_code", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_registry_snapshots_period",
        "registry_snapshots",
        ["regency_code", "source", "period"],
        unique=True,
        postgresql_where="state <> 'withdrawn'",
    )
    op.create_table(
        "assistance_import_rows",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(collation="C"), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'corrected', 'parked', 'refused')",
            name=op.f("ck_assistance_import_rows_verdict_known"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code", "import_id"],
            ["assistance_imports.regency_code", "assistance_imports.id"],
            name=op.f("fk_assistance_import_rows_regency_code_import_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "import_id", "n", name=op.f("pk_assistance_import_rows")),
    )
    op.create_index(
        "ix_assistance_import_rows_nik",
        "assistance_import_rows",
        ["regency_code", "import_id", "nik_digest"],
        unique=False,
    )
    op.create_table(
        "pledges",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("donor_tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("donor_id", sa.Uuid(), nullable=False),
        sa.Column("donor_name", sa.Text(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("data_key_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('reserved', 'pledged', 'delivered', 'accepted', 'expired', 'cancelled', 'released')",
            name=op.f("ck_pledges_state_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pledges_something_promised")),
        sa.ForeignKeyConstraint(
            ["regency_code", "need_id"],
            ["needs.regency_code", "needs.id"],
            name=op.f("fk_pledges_regency_code_need_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_pledges")),
    )
    op.create_index(
        "ix_pledges_donor", "pledges", ["regency_code", "donor_id", "created_at", "id"], unique=False
    )
    op.create_index("ix_pledges_listed", "pledges", ["regency_code", "created_at", "id"], unique=False)
    op.create_index("ix_pledges_need", "pledges", ["regency_code", "need_id"], unique=False)
    op.create_table(
        "pledge_proofs",
        sa.Column("regency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("object_key", sa.Text(collation="C"), nullable=False),
        sa.Column("media_type", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('photo', 'receipt')", name=op.f("ck_pledge_proofs_kind_known")),
        sa.ForeignKeyConstraint(
            ["regency_code", "pledge_id"],
            ["pledges.regency_code", "pledges.id"],
            name=op.f("fk_pledge_proofs_regency_code_pledge_id"),
        ),
        sa.PrimaryKeyConstraint("regency_code", "id", name=op.f("pk_pledge_proofs")),
    )
    op.create_index("ix_pledge_proofs_object", "pledge_proofs", ["regency_code", "object_key"], unique=False)
    op.create_index(
        "ix_pledge_proofs_pledge", "pledge_proofs", ["regency_code", "pledge_id", "stored_at"], unique=False
    )
    distribute(op, reference=REFERENCE, tenant=TENANT)


def downgrade() -> None:
    op.drop_index("ix_pledge_proofs_pledge", table_name="pledge_proofs")
    op.drop_index("ix_pledge_proofs_object", table_name="pledge_proofs")
    op.drop_table("pledge_proofs")
    op.drop_index("ix_pledges_need", table_name="pledges")
    op.drop_index("ix_pledges_listed", table_name="pledges")
    op.drop_index("ix_pledges_donor", table_name="pledges")
    op.drop_table("pledges")
    op.drop_index("ix_assistance_import_rows_nik", table_name="assistance_import_rows")
    op.drop_table("assistance_import_rows")
    op.drop_index(
        "uq_registry_snapshots_period",
        table_name="registry_snapshots",
        postgresql_where="state <> 'withdrawn'",
    )
    op.drop_index("ix_registry_snapshots_created", table_name="registry_snapshots")
    op.drop_table("registry_snapshots")
    op.drop_index("ix_needs_listed", table_name="needs")
    op.drop_index("ix_needs_case", table_name="needs")
    op.drop_table("needs")
    op.drop_index("ix_letter_links_letter", table_name="letter_links")
    op.drop_table("letter_links")
    op.drop_index("ix_graduation_reviews_of", table_name="graduation_reviews")
    op.drop_table("graduation_reviews")
    op.drop_index(
        "uq_dci_subscriptions_live",
        table_name="dci_subscriptions",
        postgresql_where="ended_at IS NULL AND nik_digest IS NOT NULL",
    )
    op.drop_index(
        "ix_dci_subscriptions_live", table_name="dci_subscriptions", postgresql_where="ended_at IS NULL"
    )
    op.drop_table("dci_subscriptions")
    op.drop_table("campaign_lists")
    op.drop_index(
        "uq_campaign_checkins_given", table_name="campaign_checkins", postgresql_where="verdict = 'given'"
    )
    op.drop_index("ix_campaign_checkins_campaign", table_name="campaign_checkins")
    op.drop_table("campaign_checkins")
    op.drop_index("ix_assistance_lines_person", table_name="assistance_lines")
    op.drop_index("ix_assistance_lines_nik_anywhere", table_name="assistance_lines")
    op.drop_index(
        "ix_assistance_lines_household",
        table_name="assistance_lines",
        postgresql_where="household_id IS NOT NULL",
    )
    op.drop_index("ix_assistance_lines_case", table_name="assistance_lines")
    op.drop_table("assistance_lines")
    op.drop_index("ix_assistance_imports_created", table_name="assistance_imports")
    op.drop_table("assistance_imports")
    op.drop_index("ix_allotment_places_allotment", table_name="allotment_places")
    op.drop_table("allotment_places")
    op.drop_index("ix_visits_visitor", table_name="visits")
    op.drop_index("ix_visits_day", table_name="visits")
    op.drop_index("ix_visits_case", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_tasks_open", table_name="tasks", postgresql_where="done_at IS NULL")
    op.drop_index("ix_tasks_case", table_name="tasks")
    op.drop_index("ix_tasks_assignee", table_name="tasks", postgresql_where="done_at IS NULL")
    op.drop_table("tasks")
    op.drop_index("ix_service_keys_client", table_name="service_keys")
    op.drop_table("service_keys")
    op.drop_table("routing_records")
    op.drop_index("ix_risk_assessments_case", table_name="risk_assessments")
    op.drop_table("risk_assessments")
    op.drop_index("ix_reserved_tickets_block", table_name="reserved_tickets")
    op.drop_table("reserved_tickets")
    op.drop_index(
        "ix_referrals_waiting",
        table_name="referrals",
        postgresql_where="status = 'waitlisted' AND purpose = 'AID'",
    )
    op.drop_index("ix_referrals_regency", table_name="referrals")
    op.drop_index("ix_referrals_person", table_name="referrals")
    op.drop_index("ix_referrals_inbox", table_name="referrals")
    op.drop_index("ix_referrals_case", table_name="referrals")
    op.drop_index(
        "ix_referrals_agency_reference", table_name="referrals", postgresql_where="external_ref IS NOT NULL"
    )
    op.drop_table("referrals")
    op.drop_index("ix_referral_offers_case", table_name="referral_offers")
    op.drop_table("referral_offers")
    op.drop_index("ix_reconciliation_rows_nik", table_name="reconciliation_rows")
    op.drop_table("reconciliation_rows")
    op.drop_index("ix_reconciliation_findings_work", table_name="reconciliation_findings")
    op.drop_index(
        "ix_reconciliation_findings_fallback",
        table_name="reconciliation_findings",
        postgresql_where="decision = 'refer_fallback'",
    )
    op.drop_index("ix_reconciliation_findings_batch", table_name="reconciliation_findings")
    op.drop_table("reconciliation_findings")
    op.drop_table("program_versions")
    op.drop_table("program_overrides")
    op.drop_index("ix_person_merges_person", table_name="person_merges")
    op.drop_index("ix_person_merges_other", table_name="person_merges")
    op.drop_table("person_merges")
    op.drop_index(
        "uq_person_identifiers_digest", table_name="person_identifiers", postgresql_where="ended_at IS NULL"
    )
    op.drop_index("ix_person_identifiers_person", table_name="person_identifiers")
    op.drop_table("person_identifiers")
    op.drop_index("ix_outside_sendings_case", table_name="outside_sendings")
    op.drop_table("outside_sendings")
    op.drop_index("ix_outside_references_case", table_name="outside_references")
    op.drop_table("outside_references")
    op.drop_index("uq_list_files_sha256", table_name="list_files", postgresql_where="deleted_at IS NULL")
    op.drop_index("ix_list_files_created", table_name="list_files")
    op.drop_table("list_files")
    op.drop_index("ix_letters_state", table_name="letters")
    op.drop_index("ix_letters_case", table_name="letters")
    op.drop_table("letters")
    op.drop_index("ix_identity_conflicts_person", table_name="identity_conflicts")
    op.drop_index(
        "ix_identity_conflicts_open", table_name="identity_conflicts", postgresql_where="state = 'open'"
    )
    op.drop_table("identity_conflicts")
    op.drop_index("ix_household_members_person", table_name="household_members")
    op.drop_index("ix_household_members_home", table_name="household_members")
    op.drop_table("household_members")
    op.drop_index("ix_grants_account", table_name="grants")
    op.drop_table("grants")
    op.drop_index("ix_graduations_started", table_name="graduations")
    op.drop_index("ix_graduations_review", table_name="graduations", postgresql_where="state = 'active'")
    op.drop_index("ix_graduations_person", table_name="graduations")
    op.drop_index("ix_graduations_decided", table_name="graduations", postgresql_where="state = 'graduated'")
    op.drop_index("ix_graduations_case", table_name="graduations")
    op.drop_table("graduations")
    op.drop_index("ix_exports_account", table_name="exports")
    op.drop_table("exports")
    op.drop_index("ix_escalations_case", table_name="escalations")
    op.drop_index("ix_escalations_account", table_name="escalations", postgresql_where="ended_at IS NULL")
    op.drop_table("escalations")
    op.drop_index("ix_duplicate_pairs_open", table_name="duplicate_pairs", postgresql_where="state = 'open'")
    op.drop_table("duplicate_pairs")
    op.drop_table("desk_officers")
    op.drop_index("ix_deliberation_objections_session", table_name="deliberation_objections")
    op.drop_index("ix_deliberation_objections_photo", table_name="deliberation_objections")
    op.drop_index(
        "ix_deliberation_objections_open",
        table_name="deliberation_objections",
        postgresql_where="state = 'open'",
    )
    op.drop_table("deliberation_objections")
    op.drop_index("ix_deliberation_minutes_object", table_name="deliberation_minutes")
    op.drop_table("deliberation_minutes")
    op.drop_index("ix_deliberation_candidates_person", table_name="deliberation_candidates")
    op.drop_index("ix_deliberation_candidates_case", table_name="deliberation_candidates")
    op.drop_index("ix_deliberation_candidates_batch", table_name="deliberation_candidates")
    op.drop_table("deliberation_candidates")
    op.drop_index("ix_deliberation_attendees_session", table_name="deliberation_attendees")
    op.drop_table("deliberation_attendees")
    op.drop_index("ix_deaths_person", table_name="deaths")
    op.drop_table("deaths")
    op.drop_table("dci_partners")
    op.drop_index("ix_data_requests_taken", table_name="data_requests")
    op.drop_index("ix_data_requests_person", table_name="data_requests")
    op.drop_index(
        "ix_data_requests_in_force",
        table_name="data_requests",
        postgresql_where="state = 'granted' AND lifted_at IS NULL AND kind IN ('freeze', 'object')",
    )
    op.drop_index(
        "ix_data_requests_due", table_name="data_requests", postgresql_where="state IN ('open', 'proposed')"
    )
    op.drop_table("data_requests")
    op.drop_index("ix_contacts_case", table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(
        "ix_clocks_climbing",
        table_name="clocks",
        postgresql_where="state = 'running' AND (acts > 1 OR act_at IS NULL)",
    )
    op.drop_index("ix_clocks_case", table_name="clocks")
    op.drop_index("ix_clocks_act_here", table_name="clocks", postgresql_where="act_at IS NOT NULL")
    op.drop_index("ix_clocks_act", table_name="clocks", postgresql_where="act_at IS NOT NULL")
    op.drop_table("clocks")
    op.drop_index("ix_case_texts_case", table_name="case_texts")
    op.drop_table("case_texts")
    op.drop_index("ix_case_readers_account", table_name="case_readers")
    op.drop_table("case_readers")
    op.drop_index("ix_case_links_other", table_name="case_links")
    op.drop_index("ix_case_links_case", table_name="case_links")
    op.drop_table("case_links")
    op.drop_table("case_facts")
    op.drop_table("case_abouts")
    op.drop_index("ix_campaign_slots_time", table_name="campaign_slots")
    op.drop_table("campaign_slots")
    op.drop_table("campaign_selections")
    op.drop_index("ix_campaign_recipients_state", table_name="campaign_recipients")
    op.drop_index("ix_campaign_recipients_order", table_name="campaign_recipients")
    op.drop_table("campaign_recipients")
    op.drop_index("ix_campaign_devices_campaign", table_name="campaign_devices")
    op.drop_table("campaign_devices")
    op.drop_index("ix_attachments_object", table_name="attachments")
    op.drop_index("ix_attachments_case", table_name="attachments")
    op.drop_index("ix_attachments_account", table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_assignments_case", table_name="assignments")
    op.drop_index("ix_assignments_account", table_name="assignments")
    op.drop_table("assignments")
    op.drop_index("ix_absences_account", table_name="absences")
    op.drop_table("absences")
    op.drop_index("ix_work_due", table_name="work", postgresql_where="done_at IS NULL")
    op.drop_table("work")
    op.drop_index("ix_webhooks_due", table_name="webhooks", postgresql_where="due_at IS NOT NULL")
    op.drop_table("webhooks")
    op.drop_index(
        "ix_webhook_deliveries_waiting", table_name="webhook_deliveries", postgresql_where="state = 'waiting'"
    )
    op.drop_index("ix_webhook_deliveries_made", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index("ix_ticket_blocks_device", table_name="ticket_blocks")
    op.drop_table("ticket_blocks")
    op.drop_index("ix_sync_operations_case", table_name="sync_operations")
    op.drop_table("sync_operations")
    op.drop_index("ix_sync_held_case", table_name="sync_held")
    op.drop_table("sync_held")
    op.drop_table("streams")
    op.drop_table("sign_in_states")
    op.drop_index("ix_sessions_family", table_name="sessions")
    op.drop_index("ix_sessions_account", table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("seals")
    op.drop_index(
        "ix_registry_rows_verdict", table_name="registry_rows", postgresql_where="verdict <> 'accepted'"
    )
    op.drop_index("ix_registry_rows_nik", table_name="registry_rows")
    op.drop_table("registry_rows")
    op.drop_index("ix_registry_entries_nik_anywhere", table_name="registry_entries")
    op.drop_index("ix_registry_entries_name", table_name="registry_entries")
    op.drop_index(
        "ix_registry_entries_kk", table_name="registry_entries", postgresql_where="kk_digest IS NOT NULL"
    )
    op.drop_table("registry_entries")
    op.drop_table("registry_diffs")
    op.drop_index("ix_registry_changes_kind", table_name="registry_changes")
    op.drop_table("registry_changes")
    op.drop_index("ix_regions_search", table_name="regions")
    op.drop_index("ix_regions_parent", table_name="regions")
    op.drop_index("ix_regions_former", table_name="regions", postgresql_where="valid_to IS NOT NULL")
    op.drop_table("regions")
    op.drop_table("regency_settings")
    op.drop_table("regency_maps")
    op.drop_index("ix_refresh_tokens_family", table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index("ix_reconciliations_list", table_name="reconciliations")
    op.drop_index("ix_reconciliations_created", table_name="reconciliations")
    op.drop_table("reconciliations")
    op.drop_table("published_statistics")
    op.drop_index("ix_proposal_batches_regency", table_name="proposal_batches")
    op.drop_table("proposal_batches")
    op.drop_table("programs")
    op.drop_index("ix_poverty_targets_year", table_name="poverty_targets")
    op.drop_table("poverty_targets")
    op.drop_table("policies")
    op.drop_index("ix_persons_village", table_name="persons")
    op.drop_index("ix_persons_phone", table_name="persons")
    op.drop_index("ix_persons_nik_anywhere", table_name="persons")
    op.drop_index("ix_persons_name", table_name="persons")
    op.drop_index("ix_persons_merged", table_name="persons", postgresql_where="merged_into IS NOT NULL")
    op.drop_index("ix_persons_kk", table_name="persons")
    op.drop_index("ix_persons_household", table_name="persons")
    op.drop_index("ix_persons_born", table_name="persons")
    op.drop_table("persons")
    op.drop_index("ix_periodic_reports_made", table_name="periodic_reports")
    op.drop_table("periodic_reports")
    op.drop_index("ix_notices_account", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ix_messages_due", table_name="messages", postgresql_where="settled_at IS NULL")
    op.drop_index("ix_messages_created", table_name="messages")
    op.drop_index("ix_messages_case", table_name="messages")
    op.drop_table("messages")
    op.drop_table("message_templates")
    op.drop_table("list_profiles")
    op.drop_table("letter_templates")
    op.drop_table("letter_counters")
    op.drop_table("knowledge_versions")
    op.drop_index("ix_jobs_created", table_name="jobs")
    op.drop_table("jobs")
    op.drop_index("ix_idempotency_keys_created", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_households_village", table_name="households")
    op.drop_table("households")
    op.drop_table("holidays")
    op.drop_table("figure_groups")
    op.drop_table("figure_cursors")
    op.drop_table("figure_counts")
    op.drop_table("feed_pending")
    op.drop_table("feed_heads")
    op.drop_table("feed")
    op.drop_table("events")
    op.drop_index("ix_duty_shifts_duty", table_name="duty_shifts")
    op.drop_table("duty_shifts")
    op.drop_index("ix_desks_village", table_name="desks")
    op.drop_table("desks")
    op.drop_index("ix_deliberations_village", table_name="deliberations")
    op.drop_index("ix_deliberations_regency", table_name="deliberations")
    op.drop_table("deliberations")
    op.drop_table("deleted_objects")
    op.drop_index("ix_dci_messages_transaction", table_name="dci_messages")
    op.drop_index("ix_dci_messages_made", table_name="dci_messages")
    op.drop_index("ix_dci_messages_due", table_name="dci_messages", postgresql_where="due_at IS NOT NULL")
    op.drop_table("dci_messages")
    op.drop_table("data_keys")
    op.drop_table("counted_cases")
    op.drop_table("codes")
    op.drop_table("clients")
    op.drop_index(
        "uq_cases_transferred_from", table_name="cases", postgresql_where="transferred_from IS NOT NULL"
    )
    op.drop_index("ix_cases_village", table_name="cases")
    op.drop_index("ix_cases_status", table_name="cases")
    op.drop_index("ix_cases_regency", table_name="cases")
    op.drop_index("ix_cases_person", table_name="cases")
    op.drop_index("ix_cases_household", table_name="cases", postgresql_where="household_id IS NOT NULL")
    op.drop_index("ix_cases_escalated", table_name="cases", postgresql_where="escalated_at IS NOT NULL")
    op.drop_index("ix_cases_due", table_name="cases", postgresql_where="due_at IS NOT NULL")
    op.drop_index("ix_cases_district", table_name="cases")
    op.drop_index("ix_cases_closed_to", table_name="cases", postgresql_where="closed_to IS NOT NULL")
    op.drop_index("ix_cases_away", table_name="cases", postgresql_where="away_desk_id IS NOT NULL")
    op.drop_index("ix_cases_assignee", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_campaigns_created", table_name="campaigns")
    op.drop_table("campaigns")
    op.drop_index("ix_cadres_pillar", table_name="cadres")
    op.drop_table("cadres")
    op.drop_index("ix_breaches_found", table_name="breaches")
    op.drop_index("ix_breaches_due", table_name="breaches", postgresql_where="state = 'open'")
    op.drop_table("breaches")
    op.drop_table("availabilities")
    op.drop_table("attempts")
    op.drop_table("allotments")
    op.drop_table("agencies")
    op.drop_index(
        "ix_accounts_sign_in_digest",
        table_name="accounts",
        postgresql_where=sa.text("sign_in_digest IS NOT NULL"),
    )
    op.drop_table("accounts")
    op.drop_index("ix_access_log_ticket", table_name="access_log", postgresql_where="ticket IS NOT NULL")
    op.drop_index("ix_access_log_subject", table_name="access_log")
    op.drop_table("access_log")
