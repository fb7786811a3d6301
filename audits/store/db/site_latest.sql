CREATE VIEW site_latest AS
SELECT site.fid AS {key}, site.code, site.kind, site.name_th, site.name_en, site.category, site.setting, site.zone,
       site.position_status, site.retired, latest.survey_id, latest.receipt_number, latest.surveyor,
       latest.observed_at, site.geom
FROM site LEFT JOIN survey AS latest ON latest.fid = (
  SELECT visit.fid FROM survey AS visit
  WHERE visit.site_code = site.code AND visit.status = 'final'
    AND NOT EXISTS (SELECT 1 FROM survey AS newer WHERE newer.supersedes = visit.survey_id)
    AND coalesce((SELECT decision FROM review WHERE review.survey_id = visit.survey_id
                  ORDER BY review.fid DESC LIMIT 1), '') <> 'returned'
  ORDER BY visit.observed_at DESC, visit.fid DESC LIMIT 1)
