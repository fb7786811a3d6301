"""Lay out the tables of the store."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from audits.store.db import access_tables, column_types
from audits.store.db import schema_columns as columns

metadata = columns.metadata

# digest before the first entry of the audit log
GENESIS = "0" * 64


def _history_of(table: sa.Table) -> sa.Table:
    copies = [sa.Column(column.name, column.type) for column in table.columns]
    return sa.Table(
        f"{table.name}_history",
        columns.metadata,
        sa.Column("history_fid", sa.Integer, sa.Identity(), primary_key=True),
        *copies,
    )


site = sa.Table(
    "site",
    columns.metadata,
    columns.row_number(),
    columns.written("code", unique=True),
    columns.written("kind"),
    columns.written("name_th"),
    columns.written("name_en"),
    columns.written("category"),
    columns.written("setting"),
    columns.written("street_th"),
    columns.written("street_en"),
    sa.Column("zone", columns.NUMBER),
    columns.written("zone_basis"),
    columns.written("position_status"),
    sa.Column("position_accuracy_m", sa.Double),
    columns.written("position_source"),
    columns.written("position_note"),
    sa.Column("geom", column_types.Point),
    *columns.stamps(),
    sa.CheckConstraint("kind IN ('ramp', 'space')", name="kind"),
)

element = sa.Table(
    "element",
    columns.metadata,
    columns.row_number(),
    columns.written("element_id", unique=True),
    columns.reference("site_code", "site.code"),
    columns.written("kind"),
    columns.written("label"),
    sa.Column("permitted_on", sa.Date),
    columns.written("source"),
    *columns.stamps(),
    sa.CheckConstraint("source IN ('register', 'survey', 'import')", name="source"),
    sa.Index("ix_element_site_code", "site_code"),
)

site_history = _history_of(site)
element_history = _history_of(element)

survey = sa.Table(
    "survey",
    columns.metadata,
    columns.row_number(),
    columns.written("survey_id", unique=True),
    sa.Column("receipt_number", sa.Integer, nullable=False, unique=True),
    columns.reference("site_code", "site.code"),
    columns.written("surveyor"),
    columns.instant("observed_at"),
    columns.instant("received_at"),
    columns.written("source"),
    columns.written("form_version"),
    columns.written("status"),
    # Unique: a survey is corrected once; the next correction corrects the correction, so there is no second truth.
    columns.reference("supersedes", "survey.survey_id", nullable=True, unique=True),
    sa.Column("accuracy_m", sa.Double),
    columns.written("note"),
    sa.Column("geom", column_types.Point),
    columns.written("content_sha256"),
    columns.later("root_id", columns.TEXT, sa.literal_column("''")),
    sa.CheckConstraint("status IN ('final', 'void')", name="status"),
    sa.Index("ix_survey_site_code_observed_at", "site_code", "observed_at"),
    sa.Index("ix_survey_root_id", "root_id"),
)

survey_element = sa.Table(
    "survey_element",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("element_id", "element.element_id"),
    columns.written("kind"),
    columns.written("label"),
    sa.UniqueConstraint("survey_id", "element_id"),
)

photo = sa.Table(
    "photo",
    columns.metadata,
    columns.row_number(),
    columns.written("sha256", unique=True),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    columns.instant("taken_at", nullable=True),
    columns.written("kept_by"),
    columns.instant("kept_at"),
)

measurement = sa.Table(
    "measurement",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("element_id", "element.element_id"),
    columns.written("quantity"),
    sa.Column("value", sa.Double),
    columns.written("as_written"),
    columns.written("instrument"),
    sa.Column("uncertainty", sa.Double, nullable=False),
    sa.Column("reading", columns.NUMBER, nullable=False),
    columns.written("not_measured_because"),
    columns.reference("photo_sha256", "photo.sha256", nullable=True),
    sa.UniqueConstraint("survey_id", "element_id", "quantity", "reading"),
    sa.CheckConstraint("(value IS NULL) = (not_measured_because <> '')", name="reason"),
)

survey_photo = sa.Table(
    "survey_photo",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.reference("sha256", "photo.sha256"),
    columns.written("element_id"),
    columns.written("caption"),
    columns.later("quantity", columns.TEXT, sa.literal_column("''")),
    columns.later("contains_person", sa.Boolean(), sa.false()),
    sa.Index("ix_survey_photo_survey_id", "survey_id"),
)

import_batch = sa.Table(
    "import_batch",
    columns.metadata,
    columns.row_number(),
    columns.written("file_sha256", unique=True),
    columns.written("file_name"),
    sa.Column("accepted_count", sa.Integer, nullable=False),
    columns.written("held_by"),
    columns.instant("held_at"),
)

held_row = sa.Table(
    "held_row",
    columns.metadata,
    columns.row_number(),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    sa.Column("line", columns.NUMBER, nullable=False),
    columns.written("raw"),
    columns.written("reasons"),
    sa.UniqueConstraint("batch_id", "line"),
)

attached_photo = sa.Table(
    "attached_photo",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.written("name"),
    columns.reference("sha256", "photo.sha256"),
    columns.written("element_id"),
    columns.written("quantity"),
    columns.written("caption"),
    sa.Column("contains_person", sa.Boolean, nullable=False),
    sa.UniqueConstraint("survey_id", "name"),
)

awaited_photo = sa.Table(
    "awaited_photo",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.written("name"),
    sa.UniqueConstraint("survey_id", "name"),
)

photo_source = sa.Table(
    "photo_source",
    columns.metadata,
    columns.row_number(),
    columns.written("sent_sha256", unique=True),
    columns.reference("sha256", "photo.sha256"),
)

photo_mark = sa.Table(
    "photo_mark",
    columns.metadata,
    columns.row_number(),
    columns.reference("sha256", "photo.sha256"),
    columns.written("mark"),
    columns.reference("blurred_sha256", "photo.sha256", nullable=True),
    columns.written("marked_by"),
    columns.instant("marked_at"),
    sa.CheckConstraint("mark IN ('person', 'clear', 'blurred')", name="mark"),
    sa.CheckConstraint("(mark = 'blurred') = (blurred_sha256 IS NOT NULL)", name="blurred"),
    sa.Index("ix_photo_mark_sha256", "sha256"),
)

review = sa.Table(
    "review",
    columns.metadata,
    columns.row_number(),
    columns.reference("survey_id", "survey.survey_id"),
    columns.written("decision"),
    columns.written("note"),
    columns.written("answer_notes"),
    columns.written("decided_by"),
    columns.instant("decided_at"),
    sa.CheckConstraint("decision IN ('approved', 'returned')", name="decision"),
    sa.Index("ix_review_survey_id", "survey_id"),
)

settlement = sa.Table(
    "settlement",
    columns.metadata,
    columns.row_number(),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    sa.Column("line", columns.NUMBER, nullable=False),
    columns.written("decision"),
    columns.written("note"),
    columns.written("settled_by"),
    columns.instant("settled_at"),
    sa.CheckConstraint("decision IN ('taken_in', 'dismissed')", name="decision"),
    sa.UniqueConstraint("batch_id", "line"),
)

calibration = sa.Table(
    "calibration",
    columns.metadata,
    columns.row_number(),
    columns.written("device_code"),
    columns.written("instrument_id"),
    sa.Column("uncertainty", sa.Double, nullable=False),
    sa.Column("calibrated_on", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    columns.written("note"),
    columns.written("recorded_by"),
    columns.instant("recorded_at"),
    sa.Index("ix_calibration_device_code", "device_code"),
)

technician = sa.Table(
    "technician",
    columns.metadata,
    columns.row_number(),
    columns.written("name"),
    columns.written("secret_hash"),
    columns.written("set_by"),
    columns.instant("set_at"),
    sa.Index("ix_technician_name", "name"),
)

design = sa.Table(
    "design",
    columns.metadata,
    columns.row_number(),
    columns.written("design_id", unique=True),
    columns.reference("site_code", "site.code"),
    columns.written("element_id"),
    columns.written("title"),
    columns.written("content"),
    columns.written("saved_by"),
    columns.instant("saved_at"),
    # Unique for the same reason as in surveys: a version is replaced once, so that one version stands.
    columns.reference("supersedes", "design.design_id", nullable=True, unique=True),
    sa.Index("ix_design_site_code", "site_code"),
)

plan = sa.Table(
    "plan",
    columns.metadata,
    columns.row_number(),
    columns.written("plan_id", unique=True),
    columns.written("title"),
    columns.written("content"),
    columns.written("saved_by"),
    columns.instant("saved_at"),
)

fix_step = sa.Table(
    "fix_step",
    columns.metadata,
    columns.row_number(),
    columns.written("fix_id"),
    columns.reference("site_code", "site.code"),
    columns.written("element_id"),
    columns.written("step"),
    sa.Column("happened_on", sa.Date, nullable=False),
    columns.reference("plan_id", "plan.plan_id", nullable=True),
    columns.reference("design_id", "design.design_id", nullable=True),
    columns.reference("survey_id", "survey.survey_id", nullable=True),
    columns.written("note"),
    columns.written("recorded_by"),
    columns.instant("recorded_at"),
    sa.CheckConstraint("step IN ('planned', 'designed', 'built', 'accepted', 'dropped')", name="step"),
    sa.CheckConstraint("(step = 'accepted') = (survey_id IS NOT NULL)", name="accepted"),
    sa.Index("ix_fix_step_fix_id", "fix_id"),
)

photo_erasure = sa.Table(
    "photo_erasure",
    columns.metadata,
    columns.row_number(),
    columns.reference("sha256", "photo.sha256", unique=True),
    columns.written("reason"),
    columns.written("erased_by"),
    columns.instant("erased_at"),
)

ledger = sa.Table(
    "ledger",
    columns.metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    columns.instant("happened_at"),
    columns.written("actor"),
    columns.written("action"),
    columns.written("entity"),
    columns.written("entity_id"),
    columns.written("payload"),
    columns.written("previous"),
    columns.written("digest", unique=True),
    sa.Index("ix_ledger_action", "action"),
)

workspace = sa.Table(
    "workspace", columns.metadata, columns.row_number(), columns.written("key", unique=True), columns.written("value")
)

migration = sa.Table(
    "migration",
    columns.metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    columns.written("name"),
    columns.instant("applied_at"),
)

APPEND_ONLY = (
    *(survey, survey_element, measurement, photo, survey_photo, import_batch, held_row),
    *(attached_photo, awaited_photo, photo_source, photo_mark, review, settlement, calibration, technician, design),
    *(access_tables.account, plan, fix_step, photo_erasure, access_tables.setting),
    *(ledger, workspace, migration, site_history, element_history),
)

KEPT_WITH_HISTORY = ((site, site_history, "code"), (element, element_history, "element_id"))

# the table that each action adds one row to
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
    "account.set": access_tables.account,
    "plan.save": plan,
    "fix.step": fix_step,
    "photo.erase": photo_erasure,
    "setting.set": access_tables.setting,
}
