"""Define the view of each site with its latest valid survey, one layer for a GIS."""

from __future__ import annotations

import sqlalchemy as sa

from audits.store.db import column_types

NAME = "site_latest"

_LATEST = """CREATE VIEW site_latest AS
SELECT site.fid AS {key}, site.code, site.kind, site.name_th, site.name_en, site.category, site.setting, site.zone,
       site.position_status, site.retired, latest.survey_id, latest.receipt_number, latest.surveyor,
       latest.observed_at, site.geom
FROM site LEFT JOIN survey AS latest ON latest.fid = (
  SELECT visit.fid FROM survey AS visit
  WHERE visit.site_code = site.code AND visit.status = 'final'
    AND NOT EXISTS (SELECT 1 FROM survey AS newer WHERE newer.supersedes = visit.survey_id)
    AND coalesce((SELECT decision FROM review WHERE review.survey_id = visit.survey_id
                  ORDER BY review.fid DESC LIMIT 1), '') <> 'returned'
  ORDER BY visit.observed_at DESC, visit.fid DESC LIMIT 1)"""


def create(records: sa.Connection) -> None:
    """Create the view in the caller's write transaction, replacing an older one."""
    # GDAL takes the rows' numbers from a column of this name.
    key = "fid" if records.dialect.name == column_types.POSTGRESQL else "OGC_FID"
    records.exec_driver_sql(f"DROP VIEW IF EXISTS {NAME}")
    records.exec_driver_sql(_LATEST.format(key=key))
