"""Lay out the tables of the store, in column types that GDAL and QGIS can read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from audits.store import column_types

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _row_number() -> sa.Column[int]:
    return sa.Column("fid", sa.Integer, primary_key=True)


def _text(name: str, *, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, unique=unique)


def _reference(name: str, target: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey(target), nullable=nullable, unique=unique)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, column_types.Utc, nullable=nullable)


def _later(name: str, kind: type[sa.types.TypeEngine[Any]], otherwise: str) -> sa.Column[Any]:
    """Return a column that older files get afterwards, with the value that their rows then have."""
    return sa.Column(name, kind, nullable=False, server_default=sa.text(otherwise))


def _stamps() -> tuple[sa.Column[bool], sa.Column[int], sa.Column[str], sa.Column[object]]:
    return (
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _text("updated_by"),
        _instant("updated_at"),
    )


def _history_of(table: sa.Table) -> sa.Table:
    copies = [sa.Column(column.name, column.type) for column in table.columns]
    return sa.Table(f"{table.name}_history", metadata, sa.Column("history_fid", sa.Integer, primary_key=True), *copies)


site = sa.Table(
    "site",
    metadata,
    _row_number(),
    _text("code", unique=True),
    _text("kind"),
    _text("name_th"),
    _text("name_en"),
    _text("category"),
    _text("setting"),
    _text("street_th"),
    _text("street_en"),
    sa.Column("zone", sa.Integer),
    _text("zone_basis"),
    _text("position_status"),
    sa.Column("position_accuracy_m", sa.Double),
    _text("position_source"),
    _text("position_note"),
    sa.Column("geom", column_types.Point),
    *_stamps(),
    sa.CheckConstraint("kind IN ('ramp', 'space')", name="kind"),
)

element = sa.Table(
    "element",
    metadata,
    _row_number(),
    _text("element_id", unique=True),
    _reference("site_code", "site.code"),
    _text("kind"),
    _text("label"),
    sa.Column("permitted_on", sa.Date),
    _text("source"),
    *_stamps(),
    sa.CheckConstraint("source IN ('register', 'survey', 'import')", name="source"),
    sa.Index("ix_element_site_code", "site_code"),
)

site_history = _history_of(site)
element_history = _history_of(element)

survey = sa.Table(
    "survey",
    metadata,
    _row_number(),
    _text("survey_id", unique=True),
    sa.Column("receipt_number", sa.Integer, nullable=False, unique=True),
    _reference("site_code", "site.code"),
    _text("surveyor"),
    _instant("observed_at"),
    _instant("received_at"),
    _text("source"),
    _text("form_version"),
    _text("status"),
    # Unique: a survey is corrected once; the next correction corrects the correction, so there is no second truth.
    _reference("supersedes", "survey.survey_id", nullable=True, unique=True),
    sa.Column("accuracy_m", sa.Double),
    _text("note"),
    sa.Column("geom", column_types.Point),
    _text("content_sha256"),
    _later("root_id", sa.Text, "''"),
    sa.CheckConstraint("status IN ('final', 'void')", name="status"),
    sa.Index("ix_survey_site_code_observed_at", "site_code", "observed_at"),
    sa.Index("ix_survey_root_id", "root_id"),
)

survey_element = sa.Table(
    "survey_element",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _reference("element_id", "element.element_id"),
    _text("kind"),
    _text("label"),
    sa.UniqueConstraint("survey_id", "element_id"),
)

photo = sa.Table(
    "photo",
    metadata,
    _row_number(),
    _text("sha256", unique=True),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    _instant("taken_at", nullable=True),
    _text("kept_by"),
    _instant("kept_at"),
)

measurement = sa.Table(
    "measurement",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _reference("element_id", "element.element_id"),
    _text("quantity"),
    sa.Column("value", sa.Double),
    _text("as_written"),
    _text("instrument"),
    sa.Column("uncertainty", sa.Double, nullable=False),
    sa.Column("reading", sa.Integer, nullable=False),
    _text("not_measured_because"),
    _reference("photo_sha256", "photo.sha256", nullable=True),
    sa.UniqueConstraint("survey_id", "element_id", "quantity", "reading"),
    sa.CheckConstraint("(value IS NULL) = (not_measured_because <> '')", name="reason"),
)

survey_photo = sa.Table(
    "survey_photo",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _reference("sha256", "photo.sha256"),
    _text("element_id"),
    _text("caption"),
    _later("quantity", sa.Text, "''"),
    _later("contains_person", sa.Boolean, "0"),
    sa.Index("ix_survey_photo_survey_id", "survey_id"),
)

import_batch = sa.Table(
    "import_batch",
    metadata,
    _row_number(),
    _text("file_sha256", unique=True),
    _text("file_name"),
    sa.Column("accepted_count", sa.Integer, nullable=False),
    _text("held_by"),
    _instant("held_at"),
)

held_row = sa.Table(
    "held_row",
    metadata,
    _row_number(),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    _text("raw"),
    _text("reasons"),
    sa.UniqueConstraint("batch_id", "line"),
)

attached_photo = sa.Table(
    "attached_photo",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _text("name"),
    _reference("sha256", "photo.sha256"),
    _text("element_id"),
    _text("quantity"),
    _text("caption"),
    sa.Column("contains_person", sa.Boolean, nullable=False),
    sa.UniqueConstraint("survey_id", "name"),
)

awaited_photo = sa.Table(
    "awaited_photo",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _text("name"),
    sa.UniqueConstraint("survey_id", "name"),
)

photo_source = sa.Table(
    "photo_source",
    metadata,
    _row_number(),
    _text("sent_sha256", unique=True),
    _reference("sha256", "photo.sha256"),
)

photo_mark = sa.Table(
    "photo_mark",
    metadata,
    _row_number(),
    _reference("sha256", "photo.sha256"),
    _text("mark"),
    _reference("blurred_sha256", "photo.sha256", nullable=True),
    _text("marked_by"),
    _instant("marked_at"),
    sa.CheckConstraint("mark IN ('person', 'clear', 'blurred')", name="mark"),
    sa.CheckConstraint("(mark = 'blurred') = (blurred_sha256 IS NOT NULL)", name="blurred"),
    sa.Index("ix_photo_mark_sha256", "sha256"),
)

review = sa.Table(
    "review",
    metadata,
    _row_number(),
    _reference("survey_id", "survey.survey_id"),
    _text("decision"),
    _text("note"),
    _text("answer_notes"),
    _text("decided_by"),
    _instant("decided_at"),
    sa.CheckConstraint("decision IN ('approved', 'returned')", name="decision"),
    sa.Index("ix_review_survey_id", "survey_id"),
)

settlement = sa.Table(
    "settlement",
    metadata,
    _row_number(),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.fid"), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    _text("decision"),
    _text("note"),
    _text("settled_by"),
    _instant("settled_at"),
    sa.CheckConstraint("decision IN ('taken_in', 'dismissed')", name="decision"),
    sa.UniqueConstraint("batch_id", "line"),
)

calibration = sa.Table(
    "calibration",
    metadata,
    _row_number(),
    _text("device_code"),
    _text("instrument_id"),
    sa.Column("uncertainty", sa.Double, nullable=False),
    sa.Column("calibrated_on", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    _text("note"),
    _text("recorded_by"),
    _instant("recorded_at"),
    sa.Index("ix_calibration_device_code", "device_code"),
)

technician = sa.Table(
    "technician",
    metadata,
    _row_number(),
    _text("name"),
    _text("secret_hash"),
    _text("set_by"),
    _instant("set_at"),
    sa.Index("ix_technician_name", "name"),
)

design = sa.Table(
    "design",
    metadata,
    _row_number(),
    _text("design_id", unique=True),
    _reference("site_code", "site.code"),
    _text("element_id"),
    _text("title"),
    _text("content"),
    _text("saved_by"),
    _instant("saved_at"),
    # Unique for the same reason as in surveys: a version is replaced once, so that one version stands.
    _reference("supersedes", "design.design_id", nullable=True, unique=True),
    sa.Index("ix_design_site_code", "site_code"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    _instant("happened_at"),
    _text("actor"),
    _text("action"),
    _text("entity"),
    _text("entity_id"),
    _text("payload"),
    _text("previous"),
    _text("digest", unique=True),
    sa.Index("ix_ledger_action", "action"),
)

workspace = sa.Table("workspace", metadata, _row_number(), _text("key", unique=True), _text("value"))

migration = sa.Table(
    "migration",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _text("name"),
    _instant("applied_at"),
)

APPEND_ONLY = (
    survey,
    survey_element,
    measurement,
    photo,
    survey_photo,
    import_batch,
    held_row,
    attached_photo,
    awaited_photo,
    photo_source,
    photo_mark,
    review,
    settlement,
    calibration,
    technician,
    design,
    ledger,
    workspace,
    migration,
    site_history,
    element_history,
)

KEPT_WITH_HISTORY = ((site, site_history, "code"), (element, element_history, "element_id"))
