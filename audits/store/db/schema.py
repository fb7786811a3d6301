"""Define the tables of the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from audits.store.db import column_types, element_tables, request_tables
from audits.store.db import schema_columns as columns

metadata = columns.metadata

# digest before the first entry of the audit log
GENESIS = "0" * 64

site = columns.table(
    "site",
    columns.string("code", unique=True),
    *columns.strings("kind", "name_th", "name_en", "category", "setting", "street_th", "street_en"),
    sa.Column("zone", columns.NUMBER),
    *columns.strings("zone_basis", "position_status"),
    sa.Column("position_accuracy_m", sa.Double),
    *columns.strings("position_source", "position_note"),
    sa.Column("geom", column_types.Point),
    *columns.versioned(),
    sa.CheckConstraint("kind IN ('ramp', 'space')", name="kind"),
)

element = columns.table(
    "element",
    columns.string("element_id", unique=True),
    columns.reference("site_code", "site.code"),
    *columns.strings("kind", "label"),
    sa.Column("permitted_on", sa.Date),
    columns.string("source"),
    *columns.versioned(),
    sa.CheckConstraint("source IN ('register', 'survey', 'import')", name="source"),
    sa.Index("ix_element_site_code", "site_code"),
)

site_history = columns.history_of(site)
element_history = columns.history_of(element)

survey = columns.table(
    "survey",
    columns.string("survey_id", unique=True),
    sa.Column("receipt_number", sa.Integer, nullable=False, unique=True),
    columns.reference("site_code", "site.code"),
    columns.string("surveyor"),
    columns.instant("observed_at"),
    columns.instant("received_at"),
    *columns.strings("source", "form_version", "status"),
    # Unique: a survey is corrected once; the next correction corrects the correction, so there is no second truth.
    columns.reference("supersedes", "survey.survey_id", nullable=True, unique=True),
    sa.Column("accuracy_m", sa.Double),
    columns.string("note"),
    sa.Column("geom", column_types.Point),
    columns.string("content_sha256"),
    columns.added_later("root_id", columns.TEXT, sa.literal_column("''")),
    columns.added_later("place", columns.TEXT, sa.literal_column("''")),
    columns.instant("located_at", nullable=True),
    sa.CheckConstraint("status IN ('final', 'void')", name="status"),
    sa.Index("ix_survey_site_code_observed_at", "site_code", "observed_at"),
    sa.Index("ix_survey_root_id", "root_id"),
)

survey_element = columns.table(
    "survey_element",
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("element_id", "element.element_id"),
    *columns.strings("kind", "label"),
    sa.UniqueConstraint("survey_id", "element_id"),
)

photo = columns.table(
    "photo",
    columns.string("sha256", unique=True),
    *(columns.required(name, sa.Integer) for name in ("bytes", "width", "height")),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    columns.instant("taken_at", nullable=True),
    *columns.stamp("kept"),
)

measurement = columns.table(
    "measurement",
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("element_id", "element.element_id"),
    columns.string("quantity"),
    sa.Column("value", sa.Double),
    *columns.strings("as_written", "instrument"),
    columns.required("uncertainty", sa.Double),
    columns.required("reading", columns.NUMBER),
    columns.string("not_measured_because"),
    columns.reference("photo_sha256", "photo.sha256", nullable=True),
    sa.UniqueConstraint("survey_id", "element_id", "quantity", "reading"),
    sa.CheckConstraint("(value IS NULL) = (not_measured_because <> '')", name="reason"),
)

survey_photo = columns.table(
    "survey_photo",
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("sha256", "photo.sha256"),
    *columns.strings("element_id", "caption"),
    columns.added_later("quantity", columns.TEXT, sa.literal_column("''")),
    columns.added_later("contains_person", sa.Boolean(), sa.false()),
    sa.Index("ix_survey_photo_survey_id", "survey_id"),
)

import_batch = columns.table(
    "import_batch",
    columns.string("file_sha256", unique=True),
    columns.string("file_name"),
    columns.required("accepted_count", sa.Integer),
    *columns.stamp("held"),
)

held_row = columns.table(
    "held_row",
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    columns.required("line", columns.NUMBER),
    *columns.strings("raw", "reasons"),
    sa.UniqueConstraint("batch_id", "line"),
)

attached_photo = columns.table(
    "attached_photo",
    columns.reference("survey_id", "survey.survey_id"),
    columns.string("name"),
    columns.reference("sha256", "photo.sha256"),
    *columns.strings("element_id", "quantity", "caption"),
    columns.required("contains_person", sa.Boolean),
    sa.UniqueConstraint("survey_id", "name"),
)

awaited_photo = columns.table(
    "awaited_photo",
    columns.reference("survey_id", "survey.survey_id"),
    columns.string("name"),
    sa.UniqueConstraint("survey_id", "name"),
)

photo_source = columns.table(
    "photo_source",
    columns.string("sent_sha256", unique=True),
    columns.reference("sha256", "photo.sha256"),
)

photo_mark = columns.table(
    "photo_mark",
    columns.reference("sha256", "photo.sha256"),
    columns.string("mark"),
    columns.reference("blurred_sha256", "photo.sha256", nullable=True),
    *columns.stamp("marked"),
    sa.CheckConstraint("mark IN ('person', 'clear', 'blurred')", name="mark"),
    sa.CheckConstraint("(mark = 'blurred') = (blurred_sha256 IS NOT NULL)", name="blurred"),
    sa.Index("ix_photo_mark_sha256", "sha256"),
)

review = columns.table(
    "review",
    columns.reference("survey_id", "survey.survey_id"),
    *columns.strings("decision", "note", "answer_notes"),
    *columns.stamp("decided"),
    sa.CheckConstraint("decision IN ('approved', 'returned')", name="decision"),
    sa.Index("ix_review_survey_id", "survey_id"),
)

settlement = columns.table(
    "settlement",
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    columns.required("line", columns.NUMBER),
    *columns.strings("decision", "note"),
    *columns.stamp("settled"),
    sa.CheckConstraint("decision IN ('taken_in', 'dismissed')", name="decision"),
    sa.UniqueConstraint("batch_id", "line"),
)

calibration = columns.table(
    "calibration",
    *columns.strings("device_code", "instrument_id"),
    columns.required("uncertainty", sa.Double),
    columns.required("calibrated_on", sa.Date),
    columns.required("valid_until", sa.Date),
    columns.string("note"),
    *columns.stamp("recorded"),
    sa.Index("ix_calibration_device_code", "device_code"),
)

technician = columns.table(
    "technician",
    *columns.strings("name", "secret_hash"),
    *columns.stamp("set"),
    sa.Index("ix_technician_name", "name"),
)

design = columns.table(
    "design",
    columns.string("design_id", unique=True),
    columns.reference("site_code", "site.code"),
    *columns.strings("element_id", "title", "content"),
    *columns.stamp("saved"),
    # Unique for the same reason as in surveys: a version is replaced once, so that one version stands.
    columns.reference("supersedes", "design.design_id", nullable=True, unique=True),
    sa.Index("ix_design_site_code", "site_code"),
)

plan = columns.table(
    "plan",
    columns.string("plan_id", unique=True),
    *columns.strings("title", "content"),
    *columns.stamp("saved"),
)

fix_step = columns.table(
    "fix_step",
    columns.string("fix_id"),
    columns.reference("site_code", "site.code"),
    *columns.strings("element_id", "step"),
    columns.required("happened_on", sa.Date),
    columns.reference("plan_id", "plan.plan_id", nullable=True),
    columns.reference("design_id", "design.design_id", nullable=True),
    columns.reference("survey_id", "survey.survey_id", nullable=True),
    columns.string("note"),
    *columns.stamp("recorded"),
    sa.CheckConstraint("step IN ('planned', 'designed', 'built', 'accepted', 'dropped')", name="step"),
    sa.CheckConstraint("(step = 'accepted') = (survey_id IS NOT NULL)", name="accepted"),
    sa.Index("ix_fix_step_fix_id", "fix_id"),
)


def _of_a_fix(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    number = columns.required("round", columns.NUMBER)
    where = columns.string("fix_id"), columns.reference("site_code", "site.code"), number
    return columns.table(name, *where, *parts, *columns.stamp("recorded"), sa.Index(f"ix_{name}_fix_id", "fix_id"))


fix_contract = _of_a_fix(
    "fix_contract",
    *columns.strings("contractor", "number"),
    columns.required("signed_on", sa.Date),
    columns.required("price_thb", columns.NUMBER),
    sa.Column("estimate_thb", columns.NUMBER),
    sa.Column("due_on", sa.Date),
    sa.Column("defects_months", columns.NUMBER),
    *columns.strings("committee", "note"),
    sa.CheckConstraint("price_thb > 0", name="price"),
)

fix_progress = _of_a_fix(
    "fix_progress",
    columns.required("happened_on", sa.Date),
    columns.required("percent", columns.NUMBER),
    columns.reference("photo_sha256", "photo.sha256", nullable=True),
    columns.string("note"),
    sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
)

fix_payment = _of_a_fix(
    "fix_payment",
    columns.required("happened_on", sa.Date),
    columns.required("amount_thb", columns.NUMBER),
    *columns.strings("note", "over_reason"),
    # a negative amount corrects an earlier payment, whose row never changes
    sa.CheckConstraint("amount_thb <> 0", name="amount"),
)

photo_erasure = columns.table(
    "photo_erasure",
    columns.reference("sha256", "photo.sha256", unique=True),
    columns.string("reason"),
    *columns.stamp("erased"),
)

account = columns.table(
    "account",
    *columns.strings("username", "display_name", "role", "secret_hash", "oidc_subject"),
    columns.required("active", sa.Boolean),
    columns.required("must_change", sa.Boolean),
    *columns.stamp("set"),
    sa.CheckConstraint("role IN ('technician', 'engineer', 'council', 'administrator')", name="role"),
    sa.Index("ix_account_username", "username"),
)

setting = columns.table(
    "setting", *columns.strings("name", "value"), *columns.stamp("set"), sa.Index("ix_setting_name", "name")
)

limit_comparison = columns.table(
    "limit_comparison",
    *columns.strings("limit_id", "content", "answer", "value", "page"),
    *columns.stamp("compared"),
    sa.CheckConstraint("answer IN ('same', 'differs', 'withdrawn')", name="answer"),
    sa.CheckConstraint("(answer = 'differs') = (value <> '')", name="value"),
    sa.Index("ix_limit_comparison_limit_id", "limit_id"),
)

signed_in = columns.table(
    "signed_in",
    columns.string("token_sha256", unique=True),
    columns.string("username"),
    columns.instant("since"),
    columns.instant("until"),
)

sign_in_failure = columns.table(
    "sign_in_failure",
    *columns.strings("username", "address_sha256"),
    columns.instant("failed_at"),
    sa.Index("ix_sign_in_failure_username", "username"),
)

# the last success of each name from each address
sign_in_success = columns.table(
    "sign_in_success", *columns.strings("username", "address_sha256"), columns.instant("succeeded_at")
)

# the table of the audit log
ledger = sa.Table(
    "ledger",
    columns.metadata,
    # numbered by the chain: a sequence of PostgreSQL leaves a gap where a transaction is undone
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    columns.instant("happened_at"),
    *columns.strings("actor", "action", "entity", "entity_id", "payload", "previous"),
    columns.string("digest", unique=True),
    sa.Index("ix_ledger_action", "action"),
)

workspace = columns.table("workspace", columns.string("key", unique=True), columns.string("value"))

migration = sa.Table(
    "migration",
    columns.metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    columns.string("name"),
    columns.instant("applied_at"),
)

LATEST_VIEW = "site_latest"

KEPT_WITH_HISTORY = ((site, site_history, "code"), (element, element_history, "element_id"))

# who is signed in and who tried, of the last day: not copied into a backup
SIGN_IN = (signed_in, sign_in_failure, sign_in_success)

# their rows are deleted in time, and stand neither in the audit log nor in a layer of a GIS
TRANSIENT = (*SIGN_IN, request_tables.unread)

# every other table only grows, also one that is added later
APPEND_ONLY = tuple(table for table in metadata.sorted_tables if table not in (site, element, *TRANSIENT))

# the table that each action adds one row to; the names stand in entries already written and never change
EVENTS: Mapping[str, sa.Table] = {
    "survey.photo": attached_photo,
    "survey.await": awaited_photo,
    "survey.review": review,
    "held.settle": settlement,
    "photo.source": photo_source,
    "photo.mark": photo_mark,
    "device.calibrate": calibration,
    "technician.secret": technician,
    "design.save": design,
    "account.set": account,
    "plan.save": plan,
    "fix.step": fix_step,
    "fix.contract": fix_contract,
    "fix.progress": fix_progress,
    "fix.payment": fix_payment,
    "request.add": request_tables.request,
    "request.step": request_tables.step,
    "photo.erase": photo_erasure,
    "setting.set": setting,
    "law.compare": limit_comparison,
    "register.same": element_tables.same,
    "element.rebuild": element_tables.rebuilt,
}


def create_latest_view(records: sa.Connection) -> None:
    """Create or replace the view of each site with its latest valid survey, one layer for a GIS."""
    # GDAL takes the numbers of the rows from a column of this name.
    key = "fid" if records.dialect.name == column_types.POSTGRESQL else "OGC_FID"
    records.exec_driver_sql(f"DROP VIEW IF EXISTS {LATEST_VIEW}")
    statement = Path(__file__).with_name("site_latest.sql").read_text("utf-8").rstrip()
    records.exec_driver_sql(statement.format(key=key))
